//! The library as a whole: the code that the generator makes of tables, and the real tables by what must hold for any.
//!
//! Tests of values and messages are in `tests/fixture/`, where the library is compiled with tables made for them.

mod api;
mod compiled;
mod exhaustion;
mod facts;
mod generator;
mod hidden_characters;
mod hostile;
mod laws;
mod names;
mod oracle;
mod reader;
mod shipping;
mod snapshots;
mod stale;
mod supply;
