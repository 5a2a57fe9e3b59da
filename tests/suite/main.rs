//! Tests of the library as a whole: the code that the generator makes from tables, and what the real tables share with
//! any.
//!
//! Tests of values and messages are in `tests/fixture/`, where the library is compiled with tables made for them.

mod compiled;
mod documentation;
mod edition;
mod exhaustive;
mod generator;
mod hidden_characters;
mod oracle;
mod properties;
mod reserved_names;
mod shipping;
mod stale;
mod untrusted_input;
