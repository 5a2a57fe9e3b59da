//! Splits a JSON array into its elements, while it is read.

use std::mem;

use memchr::{memchr_iter, memchr2};

/// An element, with its place in the bytes that have been read.
pub(super) struct Element {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) line: u64,
}

/// Finds the elements of an array. It knows strings and brackets, and nothing else of JSON: whether an element is an
/// object is for its parser to say.
#[derive(Default)]
pub(super) struct ArraySplitter {
    place: Place,
    scanned: usize,
    /// The start of the element that has begun, and its line.
    element: (usize, u64),
    elements: Vec<Element>,
}

/// Where the next byte is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    BeforeArray,
    /// Before an element. Only before the first one, the array can end.
    BeforeElement {
        is_first: bool,
    },
    /// In an element, inside `depth` open brackets.
    Element {
        depth: usize,
    },
    /// In a string of an element.
    String {
        depth: usize,
    },
    /// After a backslash in a string.
    Escaped {
        depth: usize,
    },
    AfterArray,
}

impl ArraySplitter {
    /// Scans what has been added to the bytes, from the given line on, and replaces ends of lines between the strings of
    /// an element by spaces, so that an element is in one line.
    ///
    /// # Errors
    ///
    /// Returns a message, and moves `line` to where the array is wrong.
    pub(super) fn scan(&mut self, bytes: &mut [u8], line: &mut u64) -> Result<(), &'static str> {
        while let Some(&byte) = bytes.get(self.scanned) {
            *line += u64::from(byte == b'\n');
            self.place = match (self.place, byte) {
                (Place::BeforeArray, b'[') => Place::BeforeElement { is_first: true },
                (Place::BeforeElement { is_first: true }, b']') => Place::AfterArray,
                (Place::String { depth }, b'"') => Place::Element { depth },
                (Place::String { depth }, b'\\') => Place::Escaped { depth },
                (Place::String { depth } | Place::Escaped { depth }, _) => Place::String { depth },
                (Place::Element { depth: 0 }, b',' | b']') => {
                    let (start, line) = self.element;
                    self.elements.push(Element { start, end: self.scanned, line });
                    if byte == b']' { Place::AfterArray } else { Place::BeforeElement { is_first: false } }
                }
                (Place::Element { depth }, b'\n' | b'\r') => {
                    bytes[self.scanned] = b' ';
                    Place::Element { depth }
                }
                (Place::Element { depth }, byte) => in_element(byte, depth),
                (place, byte) if byte.is_ascii_whitespace() => place,
                (Place::BeforeElement { .. }, b',' | b']') => return Err("an element of the array is missing"),
                (Place::BeforeElement { .. }, byte) => {
                    self.element = (self.scanned, *line);
                    in_element(byte, 0)
                }
                (Place::BeforeArray | Place::AfterArray, _) => {
                    return Err("the log has more than a JSON array: it must be one array, or JSON Lines");
                }
            };
            self.scanned += 1;
            if matches!(self.place, Place::String { .. }) {
                let rest = &bytes[self.scanned..];
                let text = &rest[..memchr2(b'"', b'\\', rest).unwrap_or(rest.len())];
                *line += memchr_iter(b'\n', text).count() as u64;
                self.scanned += text.len();
            }
        }
        Ok(())
    }

    /// Returns where the element starts whose end is not known yet.
    pub(super) fn start_of_rest(&self) -> usize {
        match self.place {
            Place::Element { .. } | Place::String { .. } | Place::Escaped { .. } => self.element.0,
            Place::BeforeArray | Place::BeforeElement { .. } | Place::AfterArray => self.scanned,
        }
    }

    /// Returns the line of that element.
    pub(super) fn line_of_rest(&self) -> u64 {
        self.element.1
    }

    /// Returns the elements whose ends are known. The next bytes to scan are those from the start of the rest on.
    pub(super) fn take(&mut self) -> Vec<Element> {
        self.scanned -= self.start_of_rest();
        self.element.0 = 0;
        mem::take(&mut self.elements)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.place == Place::AfterArray
    }
}

/// Returns where the next byte is after one of an element.
fn in_element(byte: u8, depth: usize) -> Place {
    match byte {
        b'"' => Place::String { depth },
        b'{' | b'[' => Place::Element { depth: depth + 1 },
        b'}' | b']' => Place::Element { depth: depth.saturating_sub(1) },
        _ => Place::Element { depth },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Splits an array that comes in parts of some bytes.
    fn split(array: &str, size: usize) -> Result<Vec<(String, u64)>, &'static str> {
        let (mut splitter, mut line, mut bytes, mut found) = (ArraySplitter::default(), 1, Vec::new(), Vec::new());
        for part in array.as_bytes().chunks(size) {
            bytes.extend_from_slice(part);
            splitter.scan(&mut bytes, &mut line)?;
            let end = splitter.start_of_rest();
            let elements = splitter.take();
            let text = |element: &Element| String::from_utf8(bytes[element.start..element.end].to_vec()).unwrap();
            found.extend(elements.iter().map(|element| (text(element), element.line)));
            bytes.drain(..end);
        }
        if splitter.has_ended() { Ok(found) } else { Err("cut off") }
    }

    #[test]
    fn elements_are_whole_wherever_a_part_ends() {
        let array = "\n [{\"a\": \"],\\\"\\\\\",\r\n\"b\": [1, {}]}\n,\n2, [],\"\n\",x}] \n";
        let wanted = [("{\"a\": \"],\\\"\\\\\",  \"b\": [1, {}]} ", 2), ("2", 5), ("[]", 5), ("\"\n\"", 5), ("x}", 6)];
        for size in 1..=array.len() {
            assert_eq!(split(array, size).unwrap(), wanted.map(|(text, line)| (text.to_owned(), line)), "{size}");
        }
        assert_eq!(split(" [ ] ", 1), Ok(Vec::new()));
    }

    #[test]
    fn what_is_not_one_array_is_an_error() {
        for array in ["", "[", "[1", "[1,", "[\"]", "[{]", "[1]2", "[1][2]", "1", "[,1]", "[1,,2]", "[1,]"] {
            assert!(split(array, 1).is_err(), "{array}");
        }
    }
}
