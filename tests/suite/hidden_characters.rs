//! Compares the two lists of characters that messages escape: that of the generator, which the command uses too, and
//! the library's copy.

use dreamstudio_pricing::Table;
use dreamstudio_pricing_codegen::{escape_hidden, is_hidden};

/// The number of characters, of any length in UTF-8, that an excerpt in a message of the library has room for.
const ROOM: usize = 15;

#[test]
fn the_library_escapes_what_the_generator_escapes() {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    for chars in all.chunks(ROOM) {
        let text: String = chars.iter().collect();
        let error = Table::for_engine(&text).unwrap_err().to_string();
        assert!(error.contains(&format!("`{}`", escape_hidden(&text))), "{error}");
    }
}

#[test]
fn controls_formats_spaces_and_characters_without_width_are_hidden() {
    for c in '\0'..=char::MAX {
        assert!(is_hidden(c) || !c.is_control() && (c == ' ' || !c.is_whitespace()), "{c:?}");
    }
    for hidden in [
        "\0\n\u{1b}\u{7f}\u{85}",                          // controls
        "\u{a0}\u{1680}\u{2003}\u{2028}\u{3000}",          // separators
        "\u{ad}\u{200b}\u{2060}\u{feff}\u{110bd}\u{fff9}", // formats
        "\u{61c}\u{200e}\u{202e}\u{2066}\u{2069}",         // direction
        "\u{34f}\u{115f}\u{180f}\u{3164}\u{ffa0}",         // fillers and joiners
        "\u{fe0f}\u{e0041}\u{e01ef}\u{1d173}",             // variation selectors, tags, and beams of notes
        "\u{2800}",                                        // the blank Braille pattern
    ] {
        assert!(hidden.chars().all(is_hidden), "{hidden:?}");
    }
    assert!(!" ~é×–→…語🎨\u{301}\u{fffd}".contains(is_hidden));
}
