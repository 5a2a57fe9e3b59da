//! A table as aligned text for a terminal, and as Markdown.

use std::ops::Range;

use anstyle::{Ansi256Color, Style};
use dreamstudio_pricing_codegen::markdown_table;
use unicode_width::UnicodeWidthStr as _;

pub(crate) use dreamstudio_pricing_codegen::Alignment;

/// What separates two columns of text.
const GAP: &str = "  ";

#[derive(Clone)]
struct TextColumn {
    header: String,
    alignment: Alignment,
    /// Whether the column is always in the same part as the one before it.
    is_joined: bool,
}

/// A text in one cell, with its colours.
#[derive(Clone)]
pub(crate) struct StyledText {
    text: String,
    style: Style,
}

impl StyledText {
    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }
}

impl<T: Into<String>> From<T> for StyledText {
    fn from(text: T) -> Self {
        Self::styled(text, Style::new())
    }
}

/// Texts in rows and columns.
pub(crate) struct TextTable {
    columns: Vec<TextColumn>,
    rows: Vec<Vec<StyledText>>,
}

impl TextTable {
    pub(crate) fn new<H: Into<String>>(columns: impl IntoIterator<Item = (H, Alignment)>) -> Self {
        let column =
            |(header, alignment): (H, Alignment)| TextColumn { header: header.into(), alignment, is_joined: false };
        Self { columns: columns.into_iter().map(column).collect(), rows: Vec::new() }
    }

    /// Keeps columns together where the table is split.
    pub(crate) fn join(&mut self, columns: Range<usize>) {
        self.columns[columns].iter_mut().skip(1).for_each(|column| column.is_joined = true);
    }

    /// Adds a row, which has a cell for each column.
    pub(crate) fn push<C: Into<StyledText>>(&mut self, row: impl IntoIterator<Item = C>) {
        self.rows.push(row.into_iter().map(Into::into).collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the columns that are kept together, with their width.
    fn units(&self) -> Vec<(Range<usize>, usize)> {
        let mut units: Vec<(Range<usize>, usize)> = Vec::new();
        for (at, (column, width)) in self.columns.iter().zip(self.widths()).enumerate() {
            match units.last_mut().filter(|_| column.is_joined) {
                Some((unit, used)) => {
                    unit.end = at + 1;
                    *used += GAP.len() + width;
                }
                None => units.push((at..at + 1, width)),
            }
        }
        units
    }

    /// Returns how wide the whole table is.
    pub(crate) fn width(&self) -> usize {
        let widths = self.widths();
        widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
    }

    /// Returns the width of the widest part, if all parts are as narrow as they can be.
    pub(crate) fn least_width(&self) -> usize {
        let units = self.units();
        let (first, others) = units.split_first().map_or((0, &[][..]), |((_, first), others)| (*first, others));
        others.iter().map(|(_, width)| first + GAP.len() + width).max().unwrap_or(first)
    }

    /// Splits the columns into tables at most `width` wide, each of which begins with the first columns.
    ///
    /// A table has at least one more column than these, so that it can be wider than a very narrow terminal.
    fn split(&self, width: usize) -> Vec<Self> {
        let units = self.units();
        let Some(((first, first_width), others)) = units.split_first() else { return Vec::new() };
        let mut parts: Vec<Vec<usize>> = Vec::new();
        let mut used = 0;
        for (unit, unit_width) in others {
            used += GAP.len() + unit_width;
            match parts.last_mut() {
                Some(part) if used <= width => part.extend(unit.clone()),
                _ => {
                    parts.push(first.clone().chain(unit.clone()).collect());
                    used = first_width + GAP.len() + unit_width;
                }
            }
        }
        parts.iter().map(|part| self.select(part)).collect()
    }

    fn select(&self, columns: &[usize]) -> Self {
        fn of<T: Clone>(items: &[T], columns: &[usize]) -> Vec<T> {
            columns.iter().filter_map(|&at| items.get(at)).cloned().collect()
        }
        Self { columns: of(&self.columns, columns), rows: self.rows.iter().map(|row| of(row, columns)).collect() }
    }

    /// Returns aligned lines, split into parts that are at most `width` wide if there is a width.
    pub(crate) fn text_within(&self, width: Option<usize>) -> String {
        match width {
            Some(width) => self.split(width).iter().map(Self::text).collect::<Vec<_>>().join("\n"),
            None => self.text(),
        }
    }

    /// Returns aligned lines, the headers first unless all of them are empty.
    pub(crate) fn text(&self) -> String {
        let widths = self.widths();
        let line = |cells: &mut dyn Iterator<Item = (&str, Style)>| {
            let cells = cells.zip(&self.columns).zip(&widths).map(|(((text, style), column), &width)| {
                // Not by the padding of `format!`, which counts characters: some are two columns wide, some none.
                let pad = " ".repeat(width.saturating_sub(text.width()));
                match column.alignment {
                    Alignment::Left => format!("{style}{text}{pad}{style:#}"),
                    Alignment::Right => format!("{style}{pad}{text}{style:#}"),
                }
            });
            cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned() + "\n"
        };
        let mut text = String::new();
        if self.columns.iter().any(|column| !column.header.is_empty()) {
            text += &line(&mut self.columns.iter().map(|column| (&*column.header, Style::new())));
        }
        for row in &self.rows {
            text += &line(&mut row.iter().map(|cell| (&*cell.text, cell.style)));
        }
        text
    }

    /// Returns a table in Markdown, without the styles.
    pub(crate) fn markdown(&self) -> String {
        let columns = self.columns.iter().map(|column| (&*column.header, column.alignment));
        markdown_table(columns, self.rows.iter().map(|row| row.iter().map(|cell| &*cell.text)))
    }

    /// Returns how wide each column is, in columns of a terminal.
    pub(crate) fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| column.header.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.text.width());
            }
        }
        widths
    }
}

/// Backgrounds from pale yellow to red, in the palette of 256 colours.
const SHADES: [u8; 7] = [230, 229, 228, 222, 216, 210, 203];

/// Returns the style of the cell whose value has the rank `rank`, from 0, among `count` different values.
///
/// Ranks and not values choose the shade, because most prices are near the lowest one.
pub(crate) fn shade(rank: usize, count: usize) -> Style {
    const BLACK: Ansi256Color = Ansi256Color(16);
    let shade = (rank * SHADES.len()).checked_div(count).and_then(|at| SHADES.get(at));
    shade.map_or(Style::new(), |&background| BLACK.on(Ansi256Color(background)))
}

#[cfg(test)]
mod tests {
    use anstyle::AnsiColor;

    use super::*;

    fn grid() -> TextTable {
        let mut grid =
            TextTable::new([("name", Alignment::Left), ("count", Alignment::Right), ("note", Alignment::Left)]);
        grid.push(["a", "1", "–"]);
        grid.push(["longest", "1000000", ""]);
        grid
    }

    #[test]
    fn text_is_padded_to_the_widest_cell_or_header_and_has_no_trailing_spaces() {
        insta::assert_snapshot!(grid().text(), @r"
        name       count  note
        a              1  –
        longest  1000000
        ");
    }

    #[test]
    fn wide_and_combining_characters_take_the_columns_that_a_terminal_shows_them_in() {
        let mut grid = TextTable::new([("name", Alignment::Left), ("count", Alignment::Right), ("", Alignment::Left)]);
        for (name, count) in [("日本語", "1"), ("e\u{301}", "2"), ("한글", "３"), ("👍🏽", "4"), ("longest", "5")]
        {
            grid.push([name, count, "|"]);
        }
        // Without the combining character, which no one sees in a snapshot.
        insta::assert_snapshot!(grid.text().replace('\u{301}', ""), @"
        name     count
        日本語       1  |
        e            2  |
        한글        ３  |
        👍🏽           4  |
        longest      5  |
        ");
    }

    #[test]
    fn text_has_no_line_of_empty_headers() {
        let mut grid = TextTable::new([("", Alignment::Left), ("", Alignment::Right)]);
        grid.push(["a", "1"]);
        assert_eq!(grid.text(), "a  1\n");
    }

    #[test]
    fn a_style_covers_the_padded_cell_and_changes_no_width() {
        let mut grid = TextTable::new([("price", Alignment::Right)]);
        grid.push([StyledText::styled("1", AnsiColor::Red.on_default())]);
        assert_eq!(grid.text(), "price\n\u{1b}[31m    1\u{1b}[0m\n");
    }

    #[test]
    fn shades_go_from_the_first_rank_to_the_last() {
        let shades: Vec<Style> = (0..14).map(|rank| shade(rank, 14)).collect();
        assert_eq!(shades.first(), Some(&Ansi256Color(16).on(Ansi256Color(SHADES[0]))));
        assert_eq!(shades.last(), Some(&Ansi256Color(16).on(Ansi256Color(SHADES[6]))));
        assert!(shades.chunks(2).all(|pair| pair[0] == pair[1]), "each shade covers the same number of ranks");
    }

    #[test]
    fn a_grid_as_wide_as_the_terminal_stays_whole() {
        let text = grid().text();
        let width = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert_eq!(grid().text_within(None), text);
        assert_eq!(grid().text_within(Some(width)), text);
        assert_eq!(grid().split(width - 1).len(), 2);
    }

    #[test]
    fn each_part_of_a_split_grid_begins_with_the_first_column() {
        for width in [0, 18] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(grid().text_within(Some(width)), @r"
                name       count
                a              1
                longest  1000000

                name     note
                a        –
                longest
                ");
            }
        }
    }

    #[test]
    fn joined_columns_stay_together_and_the_first_ones_are_in_each_part() {
        let headers = ["user", "day", "credits", "dollars", "most credits", "dollars"];
        let mut grid = TextTable::new(headers.map(|header| (header, Alignment::Right)));
        for columns in [0..2, 2..4, 4..6] {
            grid.join(columns);
        }
        grid.push(["a", "1", "2", "$2", "3", "$3"]);
        assert_eq!(grid.text_within(Some(50)), grid.text());
        for width in [0, 32, 49] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(grid.text_within(Some(width)), @"
                user  day  credits  dollars
                   a    1        2       $2

                user  day  most credits  dollars
                   a    1             3       $3
                ");
            }
        }
        assert_eq!(grid.least_width(), 32);
    }
}
