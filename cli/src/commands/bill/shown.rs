//! The names of groups and engines, as the text shows them: no two look alike, unless they are shortened.

use dreamstudio_pricing_codegen::escape_hidden;
use unicode_width::UnicodeWidthStr as _;

use crate::text_table::TextTable;

/// How many columns of the terminal a name takes at most.
const MAX_WIDTH: usize = 60;

/// How many it takes in the narrowest terminal.
const MIN_WIDTH: usize = 8;

/// The label of the sum of all groups.
pub(super) const TOTAL: &str = "total";

/// Returns a name, or says that there is none. It is in quotes if it could be taken for nothing, for another name or for
/// what the report itself says.
pub(super) fn shown(name: Option<&str>, width: usize) -> String {
    let Some(name) = name else { return "(none)".to_owned() };
    let has_space = name.starts_with(' ') || name.ends_with(' ');
    if name.is_empty() || has_space || name.starts_with(['"', '(']) || name == TOTAL {
        format!("\"{}\"", shortened(name, width.saturating_sub(2)))
    } else {
        shortened(name, width)
    }
}

/// Returns a text without hidden characters. It keeps both ends of a long text, because names often differ at the end.
fn shortened(text: &str, width: usize) -> String {
    // A cell may have megabytes, and a character has at most four bytes.
    if text.len() <= 4 * MAX_WIDTH {
        let whole = escape_hidden(text);
        if whole.width() <= width {
            return whole;
        }
    }
    let room = width.saturating_sub("…".width());
    let start = fitting(text.chars(), room.div_ceil(2));
    let rest = text.get(start.iter().map(|c| c.len_utf8()).sum()..).unwrap_or_default();
    let end = fitting(rest.chars().rev(), room / 2);
    let shown = |chars: &mut dyn Iterator<Item = char>| escape_hidden(&chars.collect::<String>());
    shown(&mut start.into_iter()) + "…" + &shown(&mut end.into_iter().rev())
}

/// Returns the first characters that fit a width. Any number of combining characters would.
fn fitting(chars: impl Iterator<Item = char>, width: usize) -> Vec<char> {
    let fits = |used: &mut usize, c: char| {
        *used += escape_hidden(c.encode_utf8(&mut [0; 4])).width();
        (*used <= width).then_some(c)
    };
    chars.take(MAX_WIDTH / 2).scan(0, fits).collect()
}

/// Returns a table within the width of the terminal, if there is one. Its first columns, which each part repeats, have
/// names; these are shortened only if the table does not fit otherwise.
pub(super) fn within(width: Option<usize>, names: usize, table: impl Fn(usize) -> TextTable) -> String {
    let whole = table(MAX_WIDTH);
    let Some(width) = width.filter(|width| whole.least_width() > *width) else { return whole.text_within(width) };
    // A label, such as that of the others, is not shortened.
    let widths: Vec<_> = table(MIN_WIDTH).widths().into_iter().zip(whole.widths()).take(names).collect();
    let of_names = |limit: usize| widths.iter().map(|(least, most)| limit.min(*most).max(*least)).sum::<usize>();
    let others = whole.least_width() - of_names(MAX_WIDTH);
    let limit = (MIN_WIDTH..MAX_WIDTH).rev().find(|limit| of_names(*limit) + others <= width).unwrap_or(MIN_WIDTH);
    table(limit).text_within(Some(width))
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::text_table::Alignment;

    #[test]
    fn names_that_look_alike_are_shown_apart() {
        for (name, text) in [
            (None, "(none)"),
            (Some("(none)"), "\"(none)\""),
            (Some(""), "\"\""),
            (Some("\"\""), "\"\"\"\""),
            (Some("a"), "a"),
            (Some("a "), "\"a \""),
            (Some(" a"), "\" a\""),
            (Some("\"a \""), "\"\"a \"\""),
            (Some("a\t"), "a<U+0009>"),
            (Some("a\u{a0}"), "a<U+00A0>"),
            (Some("total"), "\"total\""),
            (Some("Total"), "Total"),
            (Some("a  b \"c\" (d)"), "a  b \"c\" (d)"),
        ] {
            assert_eq!(shown(name, MAX_WIDTH), text);
        }
    }

    #[test]
    fn names_are_shortened_until_the_table_fits_with_a_label_that_is_not() {
        let table = |limit| {
            let mut table = TextTable::new(["user", "model", "rows"].map(|header| (header, Alignment::Left)));
            table.join(0..2);
            table.push([
                shown(Some("a-long-name-of-a-user"), limit),
                shown(Some("a-long-name-of-a-model"), limit),
                "1".into(),
            ]);
            table.push(["(1,234 others)", "", "1,234"].map(String::from));
            table
        };
        for width in 31..=37 {
            let text = within(Some(width), 2, table);
            assert_eq!(text.lines().map(UnicodeWidthStr::width).max(), Some(width), "{text}");
        }
    }

    #[test]
    fn a_long_name_keeps_both_ends_and_fits() {
        for (name, text) in [
            ("stable-diffusion-v1-5", "stable-diffusion-v1-5"),
            ("stable-diffusion-xl-beta-v2-2-2", "stable-dif…eta-v2-2-2"),
            ("stable-diffusion-v1-5 plus ", "\"stable-di…1-5 plus \""),
            ("日本語日本語日本語日本語", "日本語日本…本語日本語"),
            ("0123456789\u{1b}0123456789", "0123456789…0123456789"),
            ("01234567\u{1b}\u{1b}01234567", "01234567…01234567"),
        ] {
            assert_eq!(shown(Some(name), 21), text);
            assert!(text.width() <= 21);
        }
        assert_eq!(shown(Some(&"x".repeat(1 << 20)), 5), "xx…xx");
        let combining = "\u{301}".repeat(1000);
        assert_eq!(shown(Some(&combining), 5).chars().count(), MAX_WIDTH + 1);
    }
}
