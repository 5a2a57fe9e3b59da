//! What a bot does before it calls the API: it finds the price of a request, or the credits to reserve for it, or
//! explains why the request must not be sent.
//!
//!     cargo run --example preflight -- stable-diffusion-xl-beta-v2-2-2 512x768@30 4 25
//!     cargo run --example preflight -- stable-diffusion-xl-beta-v2-2-2 576x512@40 4 25
//!
//! The arguments are the engine's id, the size and the step count, the number of images, and the balance in credits.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use dreamstudio_pricing::{Credits, Request};

/// Returns the credits to reserve for a request, and what to tell the user.
fn preflight(request: Request, balance: Credits) -> Result<(Credits, String), Box<dyn Error>> {
    request.accepts().map_err(|error| reply(error.code(), &error))?;
    // The estimate of a request with a price is that price.
    let estimate = request.estimate().map_err(|error| reply(error.code(), &error))?;
    let reserve = estimate.total.at_most();
    if reserve > balance {
        return Err(format!("{estimate}: the balance of {balance} is not enough").into());
    }
    let kind = if estimate.total.is_published() { "the price" } else { "an estimate" };
    Ok((reserve, format!("{estimate}, {kind}")))
}

/// Returns what to tell the user about a request that must not be sent. A code is stable, so it can also choose a status or
/// a translation.
fn reply(code: &str, error: &dyn Error) -> String {
    match code {
        "unknown-engine" => format!("choose another engine: {error}"),
        "not-accepted" => format!("choose other settings, or fewer images: {error}"),
        "too-many-pixels" | "too-many-steps" | "only-exceptions" => {
            format!("choose a smaller size or fewer steps: {error}")
        }
        "no-images" | "too-large" => format!("choose another number of images: {error}"),
        _ => error.to_string(),
    }
}

fn run(arguments: &[String]) -> Result<String, Box<dyn Error>> {
    let [engine, settings, images, balance] = arguments else {
        return Err("usage: preflight ENGINE WIDTHxHEIGHT@STEPS IMAGES BALANCE".into());
    };
    let images = images.parse().map_err(|error| format!("images `{images}`: {error}"))?;
    let balance: Credits = balance.parse()?;
    let (reserve, text) = preflight(Request::new(engine, settings.parse()?).images(images), balance)?;
    Ok(format!("{text}; {reserve} of {balance} credits are reserved"))
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
