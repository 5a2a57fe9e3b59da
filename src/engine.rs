//! The lookup of an engine by its id.

use crate::Table;
use crate::error::UnknownEngine;
use crate::lookup::{array, text_key};
use crate::text::Excerpt;

/// An engine's id, and the table that prices it.
#[derive(Clone, Copy)]
pub(crate) struct Engine {
    pub(crate) id: &'static str,
    pub(crate) table: Table,
}

crate::lookup::index!(Engine);

impl Engine {
    const ALL: &'static [Self] = &{
        const COUNT: usize = {
            let (mut count, mut at) = (0, 0);
            while at < Table::ALL.len() {
                count += Table::ALL[at].engines().len();
                at += 1;
            }
            count
        };
        let (mut engines, mut count, mut at) = ([Engine { id: "", table: Table::ALL[0] }; COUNT], 0, 0);
        while at < Table::ALL.len() {
            let (table, mut engine) = (Table::ALL[at], 0);
            while engine < table.engines().len() {
                engines[count] = Engine { id: table.engines()[engine], table };
                count += 1;
                engine += 1;
            }
            at += 1;
        }
        engines
    };

    // By slot. Two lists take less room than one list of pairs.
    const IDS: [&'static str; Self::SLOTS] = {
        let engines = &Self::BY_SLOT;
        array!(""; Self::SLOTS, |slot| engines[slot].id)
    };
    const TABLES: [Table; Self::SLOTS] = {
        let engines = &Self::BY_SLOT;
        array!(Table::ALL[0]; Self::SLOTS, |slot| engines[slot].table)
    };

    const fn key(self) -> u64 {
        text_key(self.id)
    }

    /// Finds an engine by its exact id.
    #[inline]
    pub(crate) const fn find(id: &str) -> Result<Self, UnknownEngine> {
        match Self::INDEX.slot_of_text(&Self::IDS, id) {
            Some(slot) => Ok(Self { id: Self::IDS[slot], table: Self::TABLES[slot] }),
            None => Err(UnknownEngine { id: Excerpt::new(id), table: Table::named(id) }),
        }
    }
}
