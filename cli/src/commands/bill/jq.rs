//! Programs of `jq` in messages.

use std::borrow::Cow;

use dreamstudio_pricing_codegen::escape_hidden;
use serde_json::{Map, Value};

use super::json::paths_in;

/// Returns the program that writes the elements of the first array of objects in an object, by the start of its text.
pub(super) fn rows_in(mut text: &[u8]) -> Option<String> {
    // What is open: an object with the key that was read last, or an array.
    let mut open: Vec<Option<String>> = Vec::new();
    while let Some((byte, rest)) = text.split_first() {
        match byte {
            b'{' => open.push(Some(String::new())),
            b'[' if rest.trim_ascii_start().starts_with(b"{") => {
                let keys: Option<Vec<String>> = open.into_iter().collect();
                return keys.and_then(|keys| shown(format!("{}[]", path(keys.iter().map(|key| &**key)))));
            }
            b'[' => open.push(None),
            b'}' | b']' => drop(open.pop()),
            b'"' => {
                let mut strings = serde_json::Deserializer::from_slice(text).into_iter::<String>();
                let string = strings.next()?.ok()?;
                // It may be a value, but then another key follows before the next array that is a value.
                if let Some(Some(key)) = open.last_mut() {
                    *key = string;
                }
                text = &text[strings.byte_offset()..];
                continue;
            }
            _ => {}
        }
        text = rest;
    }
    None
}

/// An array of objects.
pub(super) struct InnerRows {
    /// The program that writes its elements.
    pub(super) program: String,
    /// The names and paths of its first element.
    pub(super) fields: Vec<String>,
}

/// Returns the arrays of objects in an object, also in the first elements of others.
pub(super) fn arrays_in(row: &[u8]) -> Vec<InnerRows> {
    let mut arrays = Vec::new();
    push_arrays("", &serde_json::from_slice(row).unwrap_or_default(), &mut arrays);
    arrays
}

fn push_arrays(start: &str, object: &Map<String, Value>, arrays: &mut Vec<InnerRows>) {
    for (key, value) in object {
        let program = format!("{start}{}", path([&**key].into_iter()));
        match value {
            Value::Object(inner) => push_arrays(&program, inner, arrays),
            Value::Array(rows) => {
                if let (Some(Value::Object(first)), Some(program)) = (rows.first(), shown(format!("{program}[]"))) {
                    let fields = paths_in(first.clone());
                    arrays.push(InnerRows { program: program.clone(), fields });
                    push_arrays(&program, first, arrays);
                }
            }
            _ => {}
        }
    }
}

/// Returns the command that runs a program.
pub(super) fn command(program: &str) -> String {
    format!("jq -c {}", shlex::try_quote(program).unwrap_or(Cow::Borrowed(program)))
}

/// Returns the program that gives a field the value of another one where it has none. Both are in the rows themselves.
pub(super) fn moved(field: &str, other: &str) -> Option<String> {
    let is_path = |name: &str| name.contains('.');
    let [field, other] = [field, other].map(|name| (!is_path(name)).then(|| path([name].into_iter())));
    shown(format!("(arrays[], objects) | {} //= {}", field?, other?))
}

/// Returns the path of a field, by its keys.
fn path<'k>(keys: impl Iterator<Item = &'k str>) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = |key: &str| {
        if key.chars().all(is_plain) && key.starts_with(|c: char| !c.is_ascii_digit()) {
            format!(".{key}")
        } else {
            format!(".{}", serde_json::Value::from(key))
        }
    };
    keys.map(name).collect()
}

/// Returns a program, unless a message cannot show it as it is.
fn shown(program: String) -> Option<String> {
    let is_shown = escape_hidden(&program) == program && !program.contains(char::REPLACEMENT_CHARACTER);
    is_shown.then_some(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_array_of_objects_in_an_object_has_the_rows() {
        for (text, program) in [
            (r#"{"data":[{"#, ".data[]"),
            ("{\n  \"a\": 1,\n  \"data\": [\n    {", ".data[]"),
            (r#"{"hits":{"total":{"n":1},"hits":[{"_id":1}]}}"#, ".hits.hits[]"),
            (r#"{"a":[],"b":[1,"x"],"c":"[{","my rows":[{}]}"#, ".\"my rows\"[]"),
            (r#"{"1":[ {"#, ".\"1\"[]"),
            (r#"{"\"é":[{"#, ".\"\\\"é\"[]"),
        ] {
            assert_eq!(rows_in(text.as_bytes()).as_deref(), Some(program));
        }
        for text in
            ["", "{}", "{\"a\":[1]}", "{\"a\":[[{", "{\"a\":[1,{\"b\":[{", "{\"a", "{\"\u{200b}\":[{", "\"", "]"]
        {
            assert_eq!(rows_in(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn only_a_field_of_the_row_is_moved() {
        assert_eq!(moved("images", "n").as_deref(), Some("(arrays[], objects) | .images //= .n"));
        assert_eq!(moved("images", "my n").as_deref(), Some("(arrays[], objects) | .images //= .\"my n\""));
        assert_eq!((moved("images", "p.n"), moved("p.n", "n")), (None, None));
    }
}
