//! The order of the groups, and how many of them the report has.

use std::cmp::Reverse;

use clap::ValueEnum;

use super::totals::{GroupValues, Groups, Overflow, Totals};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Order {
    /// The most credits first: prices, and what estimates are at most
    Credits,
    /// The most rows first
    Rows,
    /// By their cells, as text
    Name,
}

/// The groups that the report has, in their order, and the sum of the others.
pub(super) struct TopGroups {
    pub(super) groups: Vec<(GroupValues, Totals)>,
    /// How many others there are, if there are any.
    pub(super) others: Option<(usize, Totals)>,
}

impl TopGroups {
    pub(super) fn new(groups: Groups, order: Order, top: Option<usize>) -> Result<Self, Overflow> {
        // The sorts below are stable, so that groups with the same key stay in the order of their names.
        let mut groups = groups.sorted();
        match order {
            Order::Credits => groups.sort_by_key(|(_, totals)| Reverse(units_at_most(totals))),
            Order::Rows => groups.sort_by_cached_key(|(_, totals)| Reverse(totals.rows())),
            Order::Name => {}
        }
        let rest = groups.split_off(top.map_or(groups.len(), |top| top.min(groups.len())));
        let mut others = None;
        for (_, totals) in &rest {
            others.get_or_insert_with(Totals::default).merge(totals)?;
        }
        Ok(Self { groups, others: others.map(|totals| (rest.len(), totals)) })
    }
}

/// Returns what a group costs at most, in units of credits. Its prices and its estimates each fit an amount, but their
/// sum may not.
fn units_at_most(totals: &Totals) -> u128 {
    let estimated = totals.estimated.as_ref().map_or(0, |estimated| estimated.at_most.units());
    u128::from(totals.priced.credits.units()) + u128::from(estimated)
}
