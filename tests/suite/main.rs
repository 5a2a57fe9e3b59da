//! The library as a whole: the code that the generator makes of tables, and the real tables by what must hold for any.
//!
//! Tests of values and messages are in `tests/fixture/`, where the library is compiled with tables made for them.

mod compiled;
mod exhaustive;
mod generator;
mod hidden_characters;
mod oracle;
mod properties;
mod reserved_names;
mod shipping;
mod stale;
mod untrusted_input;
