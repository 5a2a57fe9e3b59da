//! What a bot does before it calls the API: what does the request cost, and does the balance cover it?
//!
//!     cargo run --example preflight -- stable-diffusion-xl-beta-v2-2-2 512 768 30 4 25
//!
//! The arguments are the engine's id, width, height, step count, number of images, and the balance in credits.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use dreamstudio_pricing::{Credits, Quote, Request, Settings};

/// Returns what the request costs, or why it must not be sent.
fn preflight(request: Request, balance: Credits) -> Result<Quote, Box<dyn Error>> {
    let quote = request.quote()?;
    if quote.total > balance {
        return Err(format!("{quote} is {} credits more than the balance", quote.total - balance).into());
    }
    Ok(quote)
}

fn run(arguments: &[String]) -> Result<String, Box<dyn Error>> {
    let [engine, width, height, steps, images, balance] = arguments else {
        return Err("give the engine's id, width, height, step count, number of images, and balance".into());
    };
    let settings = Settings::size(width.parse()?, height.parse()?).steps(steps.parse()?);
    let request = Request::new(engine, settings).images(images.parse()?);
    let balance: Credits = balance.parse()?;
    let quote = preflight(request, balance)?;
    Ok(format!("{quote}; {} credits are left", balance - quote.total))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
