//! The headings, the tables and the sentences of a page in Markdown, with the bytes that each is made of.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::prose::{ProseReader, Sentence};

/// Without front matter: the parser would also take a table between two lines of dashes for it. Read as Markdown, front
/// matter is a heading, which does no harm. Also without struck-out text: its markup stays in the cell, which is then
/// reported.
const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_HEADING_ATTRIBUTES);

/// The parts of a page, from top to bottom.
#[derive(Default)]
pub(super) struct Markdown {
    pub(super) headings: Vec<Heading>,
    pub(super) tables: Vec<MarkdownTable>,
    /// Lines outside of tables that have a vertical bar.
    pub(super) loose_rows: Vec<LooseRow>,
    /// The sentences of paragraphs and lists.
    pub(super) sentences: Vec<Sentence>,
}

pub(super) struct Heading {
    pub(super) text: String,
    pub(super) id: Option<String>,
    pub(super) range: Range<usize>,
}

pub(super) struct MarkdownTable {
    /// The last heading above the table, by its index.
    pub(super) heading: Option<usize>,
    pub(super) range: Range<usize>,
    /// The header first. A row has the cells that it has on the page; cells the parser drops are joined into one extra
    /// cell.
    pub(super) rows: Vec<Vec<SourcedText>>,
}

pub(super) struct LooseRow {
    /// The last heading above the line, by its index.
    pub(super) heading: Option<usize>,
    pub(super) range: Range<usize>,
}

/// The visible text of a part of the page, and the bytes of the page that each of its bytes comes from.
#[derive(Debug, Default)]
pub(super) struct SourcedText {
    content: String,
    sources: Vec<Range<usize>>,
    /// The whole part, with its markup.
    range: Range<usize>,
}

impl SourcedText {
    fn new(range: Range<usize>) -> Self {
        Self { content: String::new(), sources: Vec::new(), range }
    }

    /// Adds the text of an event. Its bytes are those of the page, unless they are the value of an entity.
    pub(super) fn push(&mut self, text: &str, page: &str, range: Range<usize>) {
        let start = page.get(range.clone()).and_then(|source| source.find(text)).map(|start| range.start + start);
        self.content += text;
        self.sources.extend((0..text.len()).map(|byte| match start {
            Some(start) => start + byte..start + byte + 1,
            None => range.clone(),
        }));
    }

    pub(super) fn as_str(&self) -> &str {
        &self.content
    }

    /// Returns the bytes of the page that a range of the text comes from. An empty range gives those of the whole part.
    pub(super) fn source(&self, range: Range<usize>) -> Range<usize> {
        match self.sources.get(range).unwrap_or_default() {
            [] => self.range.clone(),
            [only] => only.clone(),
            [first, .., last] => first.start..last.end,
        }
    }
}

impl Markdown {
    pub(super) fn parse(page: &str) -> Self {
        let page = &with_spaces(page);
        let mut markdown = Self::default();
        // The text of the current heading or cell.
        let (mut heading, mut cell) = (None, None);
        let mut is_paragraph = false;
        let mut prose = ProseReader::default();
        for (event, range) in Parser::new_ext(page, OPTIONS).into_offset_iter() {
            prose.read(&event, page, &range);
            match event {
                Event::Start(Tag::Heading { id, .. }) => {
                    let id = id.map(|id| id.to_string());
                    markdown.headings.push(Heading { text: String::new(), id, range: range.clone() });
                    heading = Some(SourcedText::new(range));
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let (Some(heading), Some(text)) = (markdown.headings.last_mut(), heading.take()) {
                        text.as_str().trim().clone_into(&mut heading.text);
                    }
                }
                Event::Start(Tag::Table(_)) => {
                    let heading = markdown.last_heading();
                    markdown.tables.push(MarkdownTable { heading, range, rows: Vec::new() });
                }
                Event::Start(Tag::TableHead | Tag::TableRow) => {
                    if let Some(table) = markdown.tables.last_mut() {
                        table.rows.push(Vec::new());
                    }
                }
                Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                    if let Some(row) = markdown.last_row() {
                        restore(row, page, &range);
                    }
                }
                Event::Start(Tag::TableCell) => cell = Some(SourcedText::new(trimmed(page, range))),
                Event::End(TagEnd::TableCell) => {
                    if let Some(row) = markdown.last_row() {
                        row.extend(cell.take());
                    }
                }
                Event::Start(Tag::Paragraph) => is_paragraph = true,
                Event::End(TagEnd::Paragraph) => is_paragraph = false,
                Event::Text(part) if is_paragraph && part.contains('|') => {
                    // One line of a paragraph is enough.
                    is_paragraph = false;
                    markdown.loose_rows.push(LooseRow { heading: markdown.last_heading(), range });
                }
                Event::Text(part) | Event::Code(part) => {
                    if let Some(text) = heading.as_mut().or(cell.as_mut()) {
                        text.push(&part, page, range);
                    }
                }
                Event::SoftBreak => {
                    if let Some(heading) = &mut heading {
                        heading.push(" ", page, range);
                    }
                }
                Event::InlineHtml(tag) if tag.starts_with("<!--") => {}
                // A reader sees a space. Other tags stay in the cell, so that `0.25<sup>1</sup>` does not become 0.251.
                Event::InlineHtml(tag) => {
                    if let Some(cell) = &mut cell {
                        cell.push(if tag.starts_with("<br") { " " } else { &tag }, page, range);
                    }
                }
                _ => {}
            }
        }
        markdown.sentences = prose.finish();
        markdown
    }

    fn last_heading(&self) -> Option<usize> {
        self.headings.len().checked_sub(1)
    }

    fn last_row(&mut self) -> Option<&mut Vec<SourcedText>> {
        self.tables.last_mut()?.rows.last_mut()
    }
}

/// Replaces each tab by a space, but not at the start of a line, where a tab indents code. The parser finds no table if
/// the line of dashes has tabs; other programs find one.
fn with_spaces(page: &str) -> String {
    let mut is_indentation = true;
    let character = |c: char| {
        is_indentation = c == '\n' || (is_indentation && c.is_whitespace());
        if c == '\t' && !is_indentation { ' ' } else { c }
    };
    page.chars().map(character).collect()
}

/// Undoes what the parser does to a row with fewer or more cells than the header: removes the cells that it adds, and
/// adds one for those that it drops.
fn restore(row: &mut Vec<SourcedText>, page: &str, range: &Range<usize>) {
    row.retain(|cell| cell.range.start < range.end);
    let end = row.last().map_or(range.start, |cell| cell.range.end);
    let rest = trimmed(page, end..range.end);
    let is_closed = page[rest.clone()].starts_with('|');
    let dropped = trimmed(page, rest.start + usize::from(is_closed)..rest.end);
    if !dropped.is_empty() {
        let mut text = SourcedText::new(dropped.clone());
        text.push(&page[dropped.clone()], page, dropped);
        row.push(text);
    }
}

/// Returns the range without the spaces at both ends.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}
