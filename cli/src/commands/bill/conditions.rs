//! Conditions on the rows of a log: the others are left out of the bill.

/// A text that a cell must have, or must not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) column: String,
    value: String,
    is_equal: bool,
}

impl Condition {
    /// Parses `COLUMN=VALUE` or `COLUMN!=VALUE`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (column, value) = text.split_once('=').unwrap_or_default();
        let (column, is_equal) = column.strip_suffix('!').map_or((column, true), |column| (column, false));
        if column.is_empty() {
            return Err("a condition is COLUMN=VALUE or COLUMN!=VALUE, such as status=ok".to_owned());
        }
        Ok(Self { column: column.to_owned(), value: value.to_owned(), is_equal })
    }

    /// Returns whether the condition holds for a cell.
    #[inline]
    pub(super) fn holds(&self, cell: &[u8]) -> bool {
        (cell == self.value.as_bytes()) == self.is_equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_has_a_column_and_a_value_that_may_be_empty() {
        let condition = |column: &str, value: &str, is_equal| {
            Ok(Condition { column: column.to_owned(), value: value.to_owned(), is_equal })
        };
        assert_eq!(Condition::parse("a=b"), condition("a", "b", true));
        assert_eq!(Condition::parse("a!=b"), condition("a", "b", false));
        assert_eq!(Condition::parse("a b="), condition("a b", "", true));
        assert_eq!(Condition::parse("a!=b=c"), condition("a", "b=c", false));
        assert_eq!(Condition::parse("a=!=b"), condition("a", "!=b", true));
        for text in ["", "a", "=b", "!=b", "a!"] {
            assert!(Condition::parse(text).is_err(), "{text}");
        }
    }
}
