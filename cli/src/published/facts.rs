//! What the sentences of a page say about the facts of `billing.csv` and `clients.csv`.
//!
//! A page is written for people, so only a few forms are understood, and a number that could mean something else is left
//! out. A fact that is not found is reported as such; a wrong report would be worse.

use std::collections::BTreeMap;
use std::fmt;

use dreamstudio_pricing_codegen::{Billing, CREDITS, Document, Folder, dollars, parse_amount};
use rust_decimal::Decimal;
use serde::Serialize;

use super::prose::{Number, POSSESSIVE, Sentence, Token};
use crate::plural::count;

/// A fact of the tables, and what the page says about it.
#[derive(Serialize)]
pub(crate) struct PageFact {
    #[serde(flatten)]
    pub(crate) subject: FactSubject,
    /// The number of the tables; `None` if they have none.
    pub(crate) tables: Option<Decimal>,
    /// The numbers of the page that are marked as such.
    pub(crate) page: Vec<Stated>,
    /// Other numbers of the page that may be this one, and differ from that of the tables: they are not marked, or their sentence has
    /// another form.
    pub(crate) unmarked: Vec<Stated>,
    pub(crate) verdict: Verdict,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub(crate) enum FactSubject {
    /// In credits.
    SignUpGrant,
    GrantedImages {
        client: String,
    },
    /// In dollars.
    MinimumPurchase,
    /// What the smallest purchase buys.
    MinimumPurchaseCredits,
}

/// A number of the page.
#[derive(Serialize)]
pub(crate) struct Stated {
    pub(crate) value: Decimal,
    pub(crate) line: usize,
    #[serde(skip)]
    is_marked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Equal,
    /// A number of the page differs from that of the tables.
    Different,
    /// No marked number of the page differs from that of the tables, but another one does that may be it.
    NotCertain,
    NotFound,
}

impl PageFact {
    /// Returns each fact that the tables or the page have, in a fixed order.
    pub(super) fn all(sentences: &[Sentence], page: &Document, folder: &Folder, billing: &Billing) -> Vec<Self> {
        let mut tables = of_tables(folder, billing);
        let clients: Vec<String> = (tables.keys())
            .filter_map(|subject| match subject {
                FactSubject::GrantedImages { client } => Some(client.clone()),
                _ => None,
            })
            .collect();
        let mut stated: BTreeMap<FactSubject, Vec<Stated>> = BTreeMap::new();
        let mut unmarked: BTreeMap<FactSubject, Vec<Stated>> = BTreeMap::new();
        let stated_by = |&Number { value, is_marked, ref range, .. }: &Number| Stated {
            value,
            line: page.line(range.start),
            is_marked,
        };
        for sentence in sentences {
            let marked = of_sentence(&only_marked(sentence), &clients);
            let mut others = of_sentence(sentence, &clients);
            others.retain(|(_, number)| !number.is_marked);
            if marked.is_empty() && others.is_empty() {
                others.extend(may_be_grant(sentence).map(|number| (FactSubject::SignUpGrant, number)));
            }
            for (subject, number) in marked {
                stated.entry(subject).or_default().push(stated_by(&number));
            }
            for (subject, number) in others {
                if tables.get(&subject).copied().flatten().is_some_and(|value| value != number.value) {
                    unmarked.entry(subject).or_default().push(stated_by(&number));
                }
            }
        }
        // A client without a number is a fact only if the page has one.
        tables.retain(|subject, value| value.is_some() || stated.contains_key(subject));
        let facts = tables.into_iter().map(|(subject, tables)| {
            let page = stated.remove(&subject).unwrap_or_default();
            let unmarked = unmarked.remove(&subject).unwrap_or_default();
            let verdict = match &page[..] {
                page if page.iter().any(|stated| Some(stated.value) != tables) => Verdict::Different,
                _ if !unmarked.is_empty() => Verdict::NotCertain,
                [] => Verdict::NotFound,
                _ => Verdict::Equal,
            };
            Self { subject, tables, page, unmarked, verdict }
        });
        facts.collect()
    }

    /// Returns the numbers of both sides, on one line.
    pub(crate) fn sides(&self) -> String {
        let Self { subject, tables, page, unmarked, .. } = self;
        let file = subject.file();
        let tables =
            tables.map_or_else(|| format!("no number in {file}"), |it| format!("{} in {file}", subject.value(it)));
        let stated = |Stated { value, line, .. }: &Stated| format!("{} on line {line}", subject.value(*value));
        let doubt = |it: &Stated| {
            if it.is_marked { "in a sentence that may mean something else" } else { "not in a code span" }
        };
        let unmarked = unmarked.iter().map(|it| format!("{}, {}", stated(it), doubt(it)));
        let page: Vec<String> = page.iter().map(stated).chain(unmarked).collect();
        format!("{tables}, {}", page.join(" and "))
    }
}

impl FactSubject {
    fn file(&self) -> &'static str {
        match self {
            Self::GrantedImages { .. } => "clients.csv",
            Self::SignUpGrant | Self::MinimumPurchase | Self::MinimumPurchaseCredits => "billing.csv",
        }
    }

    fn value(&self, value: Decimal) -> String {
        match self {
            Self::GrantedImages { .. } => count(value, "image", "images"),
            Self::SignUpGrant | Self::MinimumPurchaseCredits => count(value, "credit", "credits"),
            Self::MinimumPurchase => dollars(&value),
        }
    }
}

impl fmt::Display for FactSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignUpGrant => f.write_str("sign-up grant"),
            Self::GrantedImages { client } => write!(f, "images of the grant for {client}"),
            Self::MinimumPurchase => f.write_str("smallest purchase in dollars"),
            Self::MinimumPurchaseCredits => f.write_str("smallest purchase in credits"),
        }
    }
}

/// Returns the facts of the tables. Mistakes in `clients.csv` are reported where the whole folder is checked.
fn of_tables(folder: &Folder, billing: &Billing) -> BTreeMap<FactSubject, Option<Decimal>> {
    let mut facts = BTreeMap::from([
        (FactSubject::SignUpGrant, Some(billing.sign_up_grant)),
        (FactSubject::MinimumPurchase, Some(billing.minimum_purchase)),
        (FactSubject::MinimumPurchaseCredits, Some(billing.minimum_purchase_credits())),
    ]);
    for row in folder.cells("clients.csv").iter().skip(1) {
        let [(client, _), .., (images, _)] = &row[..] else { continue };
        facts.insert(FactSubject::GrantedImages { client: client.clone() }, parse_amount(images, CREDITS).ok());
    }
    facts
}

/// Words of a sentence about a new account.
const NEW_ACCOUNT: [&str; 10] =
    ["new", "initial", "sign-up", "signup", "sign", "signing", "creating", "registering", "registration", "joining"];
/// Words of a sentence about the account of its reader.
const ANY_ACCOUNT: [&str; 7] = ["you", "your", "everyone", "everybody", "user", "users", "account"];
const FREE: [&str; 4] = ["free", "initial", "complimentary", "welcome"];
const GRANT_VERBS: [&str; 7] = ["granted", "grant", "receive", "receives", "get", "gets", "given"];
/// Other verbs of a sentence about a new account that gets credits.
const START_VERBS: [&str; 7] = ["comes", "come", "starts", "start", "includes", "include", "credited"];
/// How many words are between a number that may be the grant and its credits, with the credits.
const MAX_WORDS: usize = 4;
/// Words of a sentence about other credits than the grant.
const OTHER_CREDITS: [&str; 46] = [
    "purchase",
    "purchases",
    "purchased",
    "purchasing",
    "buy",
    "buying",
    "bought",
    "pay",
    "paying",
    "cost",
    "costs",
    "price",
    "per",
    "additional",
    "extra",
    "bonus",
    "subscription",
    "refer",
    "referral",
    "friend",
    "friends",
    "day",
    "daily",
    "week",
    "weekly",
    "month",
    "monthly",
    "respectively",
    "pro",
    "premium",
    "plan",
    "plans",
    "tier",
    "upgrade",
    "subscriber",
    "subscribers",
    "member",
    "members",
    "membership",
    "student",
    "students",
    "contest",
    "feedback",
    "annual",
    "year",
    "yearly",
];
const MINIMUM: [&str; 3] = ["minimum", "min", "smallest"];
const PURCHASE: [&str; 5] = ["purchase", "purchases", "order", "top-up", "topup"];
/// Words between `minimum` and its amount, besides those of [`PURCHASE`].
const LINKS: [&str; 8] = ["amount", "value", "payment", "of", "is", "being", "a", "the"];
/// How many words are between the amount of the smallest purchase and its credits.
const MAX_LINKS: usize = 5;

/// Returns a sentence in which numbers that are not marked are words without a meaning.
fn only_marked(sentence: &[Token]) -> Sentence {
    let is_unmarked = |token: &Token| token.number().is_some_and(|number| !number.is_marked);
    let marked = |token: &Token| if is_unmarked(token) { Token::Word(String::new()) } else { token.clone() };
    sentence.iter().map(marked).collect()
}

fn of_sentence(sentence: &[Token], clients: &[String]) -> Vec<(FactSubject, Number)> {
    let mut facts = minimum_purchase(sentence);
    let has = |words: &[&str]| sentence.iter().any(|token| token.is_word(words));
    if !has(&OTHER_CREDITS) {
        let is_new = has(&NEW_ACCOUNT);
        if is_new || has(&ANY_ACCOUNT) {
            facts.extend(grant(sentence, is_new).map(|number| (FactSubject::SignUpGrant, number)));
        }
        if has(&["credit", "credits", "grant"]) && (has(&FREE) || has(&GRANT_VERBS)) {
            facts.extend(images(sentence, clients));
        }
    }
    facts
}

/// Returns the numbers of phrases such as `25` free credits and `25` credits for free, and in a sentence about a new account also of
/// granted `25` credits.
fn grant(sentence: &[Token], is_new: bool) -> impl Iterator<Item = Number> {
    sentence.iter().enumerate().filter_map(move |(at, token)| {
        let number = token.number().filter(|number| !number.is_usd)?;
        let after = &sentence[at + 1..];
        let free = after.iter().take_while(|token| token.is_word(&FREE)).count();
        let is_for_free = matches!(after.get(free + 1..), Some([a, b, ..]) if a.is_word(&["for"]) && b.is_word(&FREE));
        let is_granted = || sentence[at.saturating_sub(2)..at].iter().any(|token| token.is_word(&GRANT_VERBS));
        let is_grant = free > 0 || is_for_free || (is_new && is_granted());
        (is_grant && after.get(free)?.is_word(&["credit", "credits"])).then(|| number.clone())
    })
}

/// Returns the numbers that may be the grant in other sentences about a new account, such as `30` bonus credits. Such a sentence
/// is not certain enough to confirm the grant.
fn may_be_grant(sentence: &[Token]) -> impl Iterator<Item = Number> {
    let has = |words: &[&str]| sentence.iter().any(|token| token.is_word(words));
    let is_other = sentence.iter().any(|token| token.is_word(&OTHER_CREDITS) && !token.is_word(&["bonus"]));
    let is_gift = has(&NEW_ACCOUNT) && (has(&FREE) || has(&GRANT_VERBS) || has(&START_VERBS)) && !is_other;
    sentence.iter().enumerate().filter_map(move |(at, token)| {
        let number = token.number().filter(|number| is_gift && !number.is_usd)?;
        let mut after = sentence[at + 1..].iter().take(MAX_WORDS).take_while(|token| token.number().is_none());
        after.any(|token| token.is_word(&["credit", "credits"])).then(|| number.clone())
    })
}

/// Returns the numbers of phrases such as `30` images at DreamStudio's default settings.
///
/// The client is named either after each number of images or before each. In other sentences it is not clear which number belongs
/// to which client.
fn images(sentence: &[Token], clients: &[String]) -> Vec<(FactSubject, Number)> {
    let is_images = |at: usize| sentence.get(at + 1).is_some_and(|token| token.is_word(&["image", "images"]));
    let numbers: Vec<(usize, &Number)> = (sentence.iter().enumerate())
        .filter_map(|(at, token)| Some((at, token.number()?)))
        .filter(|(at, number)| is_images(*at) && !number.is_usd)
        .collect();
    let Some(&(first, _)) = numbers.first() else { return Vec::new() };
    let is_before = !clients_in(sentence, 0..first, clients).is_empty();
    let mut facts = Vec::new();
    for (index, &(at, number)) in numbers.iter().enumerate() {
        let previous = index.checked_sub(1).map_or(0, |index| numbers[index].0);
        let next = numbers.get(index + 1).map_or(sentence.len(), |(next, _)| *next);
        let part = if is_before { previous..at } else { at..next };
        let is_last = index + 1 == numbers.len();
        if is_before && is_last && !clients_in(sentence, at..sentence.len(), clients).is_empty() {
            return Vec::new();
        }
        let named = clients_in(sentence, part, clients);
        let [client] = named[..] else { return Vec::new() };
        facts.push((FactSubject::GrantedImages { client: client.clone() }, number.clone()));
    }
    facts
}

/// Returns the clients whose defaults a part of a sentence is about. A client without the word `default` near it counts as two,
/// because the part may be about other settings.
fn clients_in<'a>(sentence: &[Token], part: std::ops::Range<usize>, clients: &'a [String]) -> Vec<&'a String> {
    let mut found = Vec::new();
    for at in part {
        let Token::Word(word) = &sentence[at] else { continue };
        let Some(client) = clients.iter().find(|client| client.to_lowercase() == *word) else { continue };
        if !is_name(sentence, at) {
            continue;
        }
        let near = &sentence[at.saturating_sub(4)..sentence.len().min(at + 3)];
        let is_default = near.iter().any(|token| token.is_word(&["default", "defaults"]));
        found.extend(std::iter::repeat_n(client, if is_default { 1 } else { 2 }));
    }
    found
}

/// Returns whether the word at this index is the name of a client, as in `Default's`, `Default default settings` and `settings of
/// the Default`. A client may be called like an ordinary word.
fn is_name(sentence: &[Token], at: usize) -> bool {
    let (before, after) = (&sentence[..at], &sentence[at + 1..]);
    let before = match before {
        [before @ .., article] if article.is_word(&["the"]) => before,
        _ => before,
    };
    let is_owned =
        matches!(before, [.., owned, of] if of.is_word(&["of"]) && owned.is_word(&["default", "defaults", "settings"]));
    let own = [POSSESSIVE, "default", "defaults"];
    is_owned || after.first().is_some_and(|token| token.is_word(&own))
}

/// Returns the numbers of phrases such as minimum `$10` purchase for `1000` credits.
fn minimum_purchase(sentence: &[Token]) -> Vec<(FactSubject, Number)> {
    let usd = |at: usize| sentence.get(at).and_then(Token::number).filter(|number| number.is_usd);
    let is = |at: usize, words: &[&str]| sentence.get(at).is_some_and(|token| token.is_word(words));
    let mut facts = Vec::new();
    for minimum in (0..sentence.len()).filter(|&at| is(at, &MINIMUM)) {
        let links =
            sentence[minimum + 1..].iter().take_while(|token| token.is_word(&PURCHASE) || token.is_word(&LINKS));
        let after = minimum + 1 + links.count();
        let names_purchase = (minimum..after).any(|at| is(at, &PURCHASE)) || is(after + 1, &PURCHASE);
        let links = sentence[..minimum].iter().rev().take_while(|token| token.is_word(&LINKS)).count();
        let before = (minimum - links).checked_sub(1);
        let amount = match before {
            _ if usd(after).is_some() && names_purchase => after,
            Some(before) if usd(before).is_some() && is(minimum + 1, &PURCHASE) => before,
            _ => continue,
        };
        facts.extend(usd(amount).map(|number| (FactSubject::MinimumPurchase, number.clone())));
        let next = (amount + 1..sentence.len().min(amount + 2 + MAX_LINKS)).find(|&at| sentence[at].number().is_some());
        let is_sum =
            |next: usize| is(next + 1, &["credit", "credits"]) && !(amount..next).any(|at| is(at, &["per", "each"]));
        let number = next.filter(|&next| is_sum(next)).and_then(|next| sentence[next].number());
        let credits = number.filter(|number| !number.is_usd);
        facts.extend(credits.map(|number| (FactSubject::MinimumPurchaseCredits, number.clone())));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::markdown::Markdown;

    /// Returns what a page states with marked numbers.
    fn stated(page: &str) -> String {
        facts(page, only_marked)
    }

    /// Returns what a page states with any numbers.
    fn may_be_stated(page: &str) -> String {
        facts(page, <[Token]>::to_vec)
    }

    fn facts(page: &str, read: fn(&[Token]) -> Sentence) -> String {
        let clients = ["DreamStudio", "API"].map(str::to_owned);
        let facts = |sentence: &Sentence| of_sentence(&read(sentence), &clients);
        let sentences = Markdown::parse(page).sentences;
        let lines = sentences.iter().flat_map(facts).map(|(subject, number)| match subject {
            FactSubject::SignUpGrant => format!("grant {}", number.value),
            FactSubject::GrantedImages { client } => format!("{client} {}", number.value),
            FactSubject::MinimumPurchase => format!("usd {}", number.value),
            FactSubject::MinimumPurchaseCredits => format!("credits {}", number.value),
        });
        lines.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn facts_are_found_in_sentences_of_several_forms() {
        for (page, facts) in [
            ("Each new user is granted `25` free credits.", "grant 25"),
            ("A new account is granted `25` credits", "grant 25"),
            ("New users get `25 free credits`!", "grant 25"),
            ("*Sign up* and receive `1,000` **complimentary credits**.", "grant 1000"),
            ("- Text.\n- The `12.5` initial free\n  credits.\n", "grant 12.5"),
            ("You get `100` credits for free.", "grant 100"),
            ("All users start with `100` credits for free!", "grant 100"),
            ("Your `100` free credits are a gift.", "grant 100"),
            ("> Creating an account gives you [`25` free credits](x).", "grant 25"),
            (
                "The initial `25` free credits are `30` images with DreamStudio's default settings, `50` with others.",
                "grant 25, DreamStudio 30",
            ),
            (
                "Your `25` initial free credits are `30` images at [DreamStudio](x)'s default settings and `50` images at the \
                 API’s defaults.",
                "grant 25, DreamStudio 30, API 50",
            ),
            (
                "With DreamStudio's default settings, your free credits are `30` images, and with the default settings of the API, \
                 `50` images.",
                "DreamStudio 30, API 50",
            ),
            ("The minimum purchase is `$10`.", "usd 10"),
            ("There is a minimum $10.00 purchase for `1,000` credits.", "usd 10, credits 1000"),
            ("Minimum purchase amount: US$10, which buys you `1000` credits", "usd 10, credits 1000"),
            ("`$10` is the minimum purchase (`1000 credits`).", "usd 10, credits 1000"),
            ("The smallest order of \\$10 (`1000` credits)", "usd 10, credits 1000"),
        ] {
            assert_eq!(stated(page), facts, "{page}");
        }
    }

    #[test]
    fn numbers_that_are_not_marked_may_be_facts_in_the_same_sentences() {
        for (page, facts) in [
            ("New users are granted 25 free credits upon creating an account.", "grant 25"),
            ("New users are granted **25** free credits.", "grant 25"),
            ("A minimum $10 purchase for 1,000 credits.", "usd 10, credits 1000"),
            ("Your free credits are 30 images at the API's default settings.", "API 30"),
            ("In 2023, version 2 has 100 credits for 5 users. Pro accounts have 500 free credits.", ""),
            ("New users get 5 free credits per day. An image costs 25 credits for a new user.", ""),
        ] {
            assert_eq!(may_be_stated(page), facts, "{page}");
        }
    }

    #[test]
    fn a_number_that_may_mean_something_else_is_no_fact() {
        for page in [
            // Not marked as a number.
            "New users are granted 25 free credits, and the minimum purchase is 10 dollars.",
            "New users are granted **25** free credits.",
            "New users get `$25` free credits",
            "New users get `25-50` free credits, `25`k free credits or `ab` free credits.",
            // Other credits and prices.
            "An image costs `0.2` credits for new users with free credits.",
            "Buy `1000` credits and get `100` free credits as a new user.",
            "New users get `5` free credits per day, and `10` free credits for each friend.",
            "Pro accounts have `500` free credits.",
            "With a premium plan, you get `500` credits for free.",
            "You get `500` credits if you are free to wait.",
            "You can use `500` credits.",
            "New prices: an image of `512 x 512` is `0.2` credits.",
            "Credits can be purchased for $10 for 1000 credits, `$10` per `1000` credits.",
            "`$10` for `1000` credits.",
            "The minimum price of an image is `$0.001`, and credits can be purchased.",
            "You can purchase a minimum of one credit for `$0.01`.",
            "The minimum purchase is `£8`, `A$15`, `$10–$20`, `$10`<sup>1</sup>... or less.",
            "The minimum size is `512`, and a purchase is `$20`.",
            // Another number of images, or a client that is not certain.
            "With `1000` credits, you get `1204` images at DreamStudio's default settings per purchase.",
            "Your free credits are `30` and `50` images at DreamStudio's and the API's default settings, respectively.",
            "Your free credits are `30` images, or with the API's default settings and not with DreamStudio's, `50` images.",
            "Your free credits are `100` images with the API at 10 steps instead of its own default settings.",
            "Your free credits are `30` `512x512` images at the API's default settings.",
            "The API's default settings give `50` images for free credits, and `30` images at DreamStudio's default settings.",
            "Your free credits are `30` images at the default settings.",
            // Not in a sentence.
            "# New users get `25` free credits",
            "    New users get `25` free credits",
            "![New users get `25` free credits](x)",
            "| New users get `25` free credits |\n|---|\n| minimum purchase `$10` |",
            "<!-- New users get `25` free credits -->",
            "New users.\\\n`25` free credits",
        ] {
            assert_eq!(stated(page), "", "{page}");
        }
    }
}
