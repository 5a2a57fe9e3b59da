//! The order of the groups, and how many of them the report has.

use std::cmp::Reverse;

use clap::ValueEnum;

use super::groups::GroupPart;
use super::report::ReportPlan;
use super::totals::Totals;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Order {
    /// The most credits first: prices, and what estimates are at most
    Credits,
    /// The most rows first
    Rows,
    /// By their cells, as text
    Name,
}

/// The groups that the report has, in their order, and the others.
pub(super) struct TopGroups<'s> {
    pub(super) groups: Vec<&'s [GroupPart<'s>]>,
    pub(super) others: Vec<&'s [GroupPart<'s>]>,
}

impl<'s> TopGroups<'s> {
    /// Takes the sorted parts of groups. Without editions, each is a group.
    pub(super) fn new(parts: &'s [GroupPart<'s>], plan: ReportPlan) -> Self {
        let ReportPlan { by, is_dated, order, top, .. } = plan;
        let mut groups: Vec<&[GroupPart]> = if is_dated {
            parts.chunk_by(|a, b| a.is_of_group(b, by.len())).collect()
        } else {
            parts.chunks(1).collect()
        };
        // These sorts are stable, so that groups with the same key stay in the order of their names.
        match order {
            Order::Credits => groups.sort_by_cached_key(|parts| Reverse(sum(parts, units_at_most))),
            Order::Rows => groups.sort_by_cached_key(|parts| Reverse(sum(parts, |totals| totals.rows().into()))),
            Order::Name => {}
        }
        let others = groups.split_off(top.map_or(groups.len(), |top| top.min(groups.len())));
        Self { groups, others }
    }
}

fn sum(parts: &[GroupPart], number: impl Fn(&Totals) -> u128) -> u128 {
    parts.iter().map(|part| number(part.totals)).sum()
}

/// Returns what rows cost at most, in units of credits. Their prices and their estimates each fit an amount, but the
/// sum may not.
fn units_at_most(totals: &Totals) -> u128 {
    let estimated = totals.estimated.as_ref().map_or(0, |estimated| estimated.at_most.units());
    u128::from(totals.priced.credits.units()) + u128::from(estimated)
}
