//! The sentences of a page, and the numbers in them. Marked as a number are those in a code span or with a dollar sign.

use std::mem;
use std::ops::Range;

use dreamstudio_pricing_codegen::{CREDITS, USD, parse_amount};
use pulldown_cmark::{Event, Tag, TagEnd};
use rust_decimal::Decimal;

use super::markdown::SourcedText;

/// The word after a name in `DreamStudio's`.
pub(super) const POSSESSIVE: &str = "'s";

/// Tags that change no number.
const EMPHASIS: [&str; 8] = ["<b>", "</b>", "<strong>", "</strong>", "<em>", "</em>", "<i>", "</i>"];

/// The words and the numbers of a sentence.
pub(super) type Sentence = Vec<Token>;

#[derive(Clone, Debug)]
pub(super) enum Token {
    /// In lower case. A possessive `'s` is a word of its own, see [`POSSESSIVE`].
    Word(String),
    Number(Number),
}

/// A number of a sentence.
#[derive(Clone, Debug)]
pub(super) struct Number {
    pub(super) value: Decimal,
    pub(super) is_usd: bool,
    /// Whether it is in a code span or has a dollar sign.
    pub(super) is_marked: bool,
    /// Its bytes of the page.
    pub(super) range: Range<usize>,
}

impl Token {
    /// Returns whether this is one of these words.
    pub(super) fn is_word(&self, words: &[&str]) -> bool {
        matches!(self, Self::Word(word) if words.contains(&&**word))
    }

    pub(super) fn number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            Self::Word(_) => None,
        }
    }
}

/// Collects the sentences of paragraphs and lists. It leaves out headings, tables, code blocks and the texts of images.
#[derive(Default)]
pub(super) struct ProseReader {
    sentences: Vec<Sentence>,
    text: SourcedText,
    /// The code spans of the text.
    code: Vec<Range<usize>>,
    /// How many parts that are left out enclose the current one.
    left_out: usize,
}

impl ProseReader {
    pub(super) fn read(&mut self, event: &Event<'_>, page: &str, range: &Range<usize>) {
        match event {
            Event::Start(tag) => match tag {
                Tag::Image { .. } => self.left_out += 1,
                Tag::Heading { .. } | Tag::Table(_) | Tag::CodeBlock(_) | Tag::HtmlBlock => {
                    self.end();
                    self.left_out += 1;
                }
                Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } => {}
                _ => self.end(),
            },
            Event::End(tag) => match tag {
                TagEnd::Image | TagEnd::Heading(_) | TagEnd::Table | TagEnd::CodeBlock | TagEnd::HtmlBlock => {
                    self.left_out = self.left_out.saturating_sub(1);
                }
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => {}
                _ => self.end(),
            },
            _ if self.left_out > 0 => {}
            Event::Text(text) => self.text.push(text, page, range.clone()),
            Event::Code(code) => {
                let start = self.text.as_str().len();
                self.text.push(code, page, range.clone());
                self.code.push(start..self.text.as_str().len());
            }
            Event::SoftBreak => self.text.push(" ", page, range.clone()),
            Event::HardBreak | Event::Rule => self.end(),
            // Other tags stay in the text, so that `$10<sup>1</sup>` does not become $101.
            Event::InlineHtml(tag) if tag.starts_with("<br") => self.end(),
            Event::InlineHtml(tag) if EMPHASIS.contains(&&**tag) => {}
            Event::InlineHtml(tag) if !tag.starts_with("<!--") => self.text.push(tag, page, range.clone()),
            _ => {}
        }
    }

    pub(super) fn finish(mut self) -> Vec<Sentence> {
        self.end();
        self.sentences
    }

    /// Ends the paragraph.
    fn end(&mut self) {
        let (text, code) = (mem::take(&mut self.text), mem::take(&mut self.code));
        let mut tokenizer = Tokenizer { text: &text, sentence: Vec::new(), sentences: Vec::new() };
        let mut start = 0;
        for span in code {
            tokenizer.text(start..span.start);
            let is_glued = text.as_str()[span.end..].starts_with(char::is_alphanumeric);
            start = span.end;
            tokenizer.code(span, is_glued);
        }
        tokenizer.text(start..text.as_str().len());
        tokenizer.end();
        self.sentences.append(&mut tokenizer.sentences);
    }
}

/// Splits the text of a paragraph.
struct Tokenizer<'a> {
    text: &'a SourcedText,
    sentence: Sentence,
    sentences: Vec<Sentence>,
}

impl Tokenizer<'_> {
    fn end(&mut self) {
        let sentence = mem::take(&mut self.sentence);
        if !sentence.is_empty() {
            self.sentences.push(sentence);
        }
    }

    /// Adds the words and the numbers of a part that is not code.
    fn text(&mut self, range: Range<usize>) {
        for (word, start) in words(&self.text.as_str()[range.clone()], range.start) {
            let opened = word.trim_start_matches(['(', '[', '"', '\'', '“', '‘']);
            let start = start + (word.len() - opened.len());
            let is_end = |c: char| matches!(c, '.' | '!' | '?' | ';');
            let closed =
                opened.trim_end_matches(|c| is_end(c) || matches!(c, ')' | ']' | '"' | '\'' | '”' | '’' | ',' | ':'));
            if !closed.is_empty() {
                self.push(closed, number(closed), false, start..start + closed.len());
            }
            if opened[closed.len()..].contains(is_end) {
                self.end();
            }
        }
    }

    /// Adds a code span: a number, also with words after it, or one word.
    fn code(&mut self, range: Range<usize>, is_glued: bool) {
        let code = &self.text.as_str()[range.clone()];
        let mut words = words(code, range.start);
        let is_unit = |(word, _): (&str, usize)| word.chars().all(|c| c.is_alphabetic() || c == '-');
        let first = words.next().and_then(|(word, start)| Some((word, start, number(word)?)));
        match first {
            Some((word, start, value)) if !is_glued && words.clone().all(is_unit) => {
                self.push(word, Some(value), true, start..start + word.len());
                words.for_each(|(word, start)| self.push(word, None, true, start..start + word.len()));
            }
            _ => self.push(code, None, true, range),
        }
    }

    /// Adds a word, or the number that it is.
    fn push(&mut self, word: &str, number: Option<(Decimal, bool)>, is_code: bool, range: Range<usize>) {
        if let Some((value, is_usd)) = number {
            let range = self.text.source(range);
            self.sentence.push(Token::Number(Number { value, is_usd, is_marked: is_code || is_usd, range }));
            return;
        }
        let word = word.to_lowercase();
        let owner = word.strip_suffix("'s").or(word.strip_suffix("’s"));
        self.sentence.push(Token::Word(owner.unwrap_or(&word).to_owned()));
        self.sentence.extend(owner.map(|_| Token::Word(POSSESSIVE.to_owned())));
    }
}

/// Returns each word of a text that starts at the byte `start`, with the byte at which the word starts.
fn words(text: &str, start: usize) -> impl Iterator<Item = (&str, usize)> + Clone {
    let pieces = text.split_inclusive(char::is_whitespace).scan(start, |next, piece| {
        let start = mem::replace(next, *next + piece.len());
        Some((piece.trim_end(), start))
    });
    pieces.filter(|(word, _)| !word.is_empty())
}

/// Parses `25`, `1,000`, `$10.00` or `US$10`, and returns whether it is an amount of dollars.
fn number(text: &str) -> Option<(Decimal, bool)> {
    let dollars = text.strip_prefix("US").unwrap_or(text).strip_prefix('$');
    let digits = dollars.unwrap_or(text);
    let whole = digits.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let is_first = groups.next().is_some_and(|group| group.len() <= 3 || !whole.contains(','));
    if !is_first || groups.any(|group| group.len() != 3) {
        return None;
    }
    let unit = if dollars.is_some() { USD } else { CREDITS };
    Some((parse_amount(&digits.replace(',', ""), unit).ok()?, dollars.is_some()))
}
