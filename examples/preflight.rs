//! What a bot does before it calls the API: what will this request cost, and does the balance cover it?
//!
//!     cargo run --example preflight -- stable-diffusion-xl-beta-v2-2-2 512 768 30 4 25
//!
//! The arguments are the engine's id, width, height, steps, number of images, and the balance in credits.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use dreamstudio_pricing::{Credits, Table};

struct Request<'a> {
    engine: &'a str,
    width: u32,
    height: u32,
    steps: u32,
    images: u64,
}

/// The exact cost of a request, or why it must not be sent.
fn preflight(request: &Request, balance: Credits) -> Result<Credits, Box<dyn Error>> {
    let table = Table::for_engine(request.engine)?;
    let price = table.price(request.width, request.height, request.steps)?;
    let cost = price.checked_mul(request.images).ok_or("no balance covers so many images")?;
    if cost > balance {
        return Err(format!("{cost} credits are {} more than the balance", cost - balance).into());
    }
    Ok(cost)
}

fn run(arguments: &[String]) -> Result<String, Box<dyn Error>> {
    let [engine, width, height, steps, images, balance] = arguments else {
        return Err("give the engine's id, width, height, steps, number of images and balance".into());
    };
    let request = Request {
        engine,
        width: width.parse()?,
        height: height.parse()?,
        steps: steps.parse()?,
        images: images.parse()?,
    };
    let balance = balance.parse()?;
    let cost = preflight(&request, balance)?;
    Ok(format!("the request costs {cost} of {balance} credits, which is ${}", cost.usd()))
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
