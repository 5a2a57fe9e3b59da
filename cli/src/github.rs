//! Annotations for GitHub Actions: workflow commands on standard output that mark lines of files.

use std::collections::BTreeMap;
use std::env;
use std::fmt::{self, Display};
use std::fs;
use std::path::Path;

use dreamstudio_pricing_codegen::{Diagnostic, Severity, escape_hidden};

use crate::git;
use crate::plural::count;

/// How many annotations of each level GitHub shows for one step. It silently drops the others.
const MAX_SHOWN: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Notice,
    Warning,
    Error,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Annotation {
    pub(crate) level: Level,
    /// The file, from the root of the repository.
    pub(crate) path: String,
    /// Line and column, from 1; `None` for the whole file.
    pub(crate) position: Option<(usize, usize)>,
    pub(crate) title: String,
    pub(crate) message: String,
}

impl From<&Diagnostic> for Annotation {
    fn from(diagnostic: &Diagnostic) -> Self {
        let (level, title) = match diagnostic.severity() {
            Severity::Warning => (Level::Warning, "Probably a mistake in the tables"),
            _ => (Level::Error, "Mistake in the tables"),
        };
        let more = (diagnostic.more() > 0).then(|| format!("and {} more like this", diagnostic.more()));
        let lines =
            [Some(diagnostic.message().to_owned()), diagnostic.help().map(|help| format!("help: {help}")), more];
        Self {
            level,
            path: diagnostic.path().to_owned(),
            position: diagnostic.line().zip(diagnostic.column()),
            title: title.to_owned(),
            message: lines.into_iter().flatten().collect::<Vec<_>>().join("\n"),
        }
    }
}

impl Display for Annotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level, path, position, title, message } = self;
        let level = level.command();
        // The folder may be the root of the repository.
        let path = property(path.strip_prefix("./").unwrap_or(path));
        write!(f, "::{level} file={path}")?;
        if let Some((line, column)) = position {
            write!(f, ",line={line},col={column}")?;
        }
        write!(f, ",title={}::{}", property(title), data(message))
    }
}

impl Level {
    fn command(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Returns the workflow commands that show these annotations, one command on each line. Annotations at the same line of
/// a file become one. If a level has more than GitHub shows, the last one counts the rest.
pub(crate) fn commands(annotations: Vec<Annotation>) -> String {
    let merged = merge(annotations);
    let mut commands = Vec::new();
    for level in [Level::Error, Level::Warning, Level::Notice] {
        let of_level: Vec<&Annotation> = merged.iter().filter(|annotation| annotation.level == level).collect();
        let shown = if of_level.len() > MAX_SHOWN { MAX_SHOWN - 1 } else { of_level.len() };
        let (shown, rest) = of_level.split_at(shown);
        commands.extend(shown.iter().map(|annotation| format!("{annotation}\n")));
        if !rest.is_empty() {
            let (level, lines) = (level.command(), count(rest.len(), "line", "lines"));
            commands.push(format!("::{level} title=And {lines} more::The log of this step lists all of them.\n"));
        }
    }
    commands.concat()
}

/// Merges the annotations at each line of a file into one, with the highest level of them.
fn merge(annotations: Vec<Annotation>) -> Vec<Annotation> {
    let mut merged: Vec<Annotation> = Vec::new();
    let mut indices = BTreeMap::new();
    for annotation in annotations {
        let line = annotation.position.map(|(line, _)| line);
        let index = *indices.entry((annotation.path.clone(), line)).or_insert(merged.len());
        match merged.get_mut(index) {
            Some(other) => {
                other.level = other.level.max(annotation.level);
                if other.title != annotation.title {
                    other.title = format!("{}, {}", other.title, annotation.title);
                }
                other.message = format!("{}\n{}", other.message, annotation.message);
            }
            None => merged.push(annotation),
        }
    }
    merged
}

/// Returns the path of a folder from the root of its repository, which annotations need, or the path itself if the
/// folder is not in a repository.
///
/// If git cannot tell, as in a container in which another user owns the files, the root is the workspace of the job.
pub(crate) fn label(folder: &Path) -> String {
    let path = git::prefix(folder).ok().or_else(|| {
        let workspace = fs::canonicalize(env::var_os("GITHUB_WORKSPACE")?).ok()?;
        let folder = fs::canonicalize(folder).ok()?;
        Some(folder.strip_prefix(workspace).ok()?.to_string_lossy().replace('\\', "/"))
    });
    match path {
        Some(path) if path.is_empty() => ".".to_owned(),
        Some(path) => escape_hidden(path.trim_end_matches('/')),
        None => escape_hidden(&folder.display().to_string()),
    }
}

/// Escapes a message, so that it cannot end the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property, so that it cannot end the property either.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotation(level: Level, line: usize) -> Annotation {
        Annotation {
            level,
            path: "tables/a.csv".to_owned(),
            position: Some((line, 2)),
            title: format!("title {line}"),
            message: format!("message {line}"),
        }
    }

    #[test]
    fn what_ends_a_message_or_a_property_is_escaped() {
        let annotation = Annotation {
            level: Level::Error,
            path: "./a:b,c%.csv".to_owned(),
            position: None,
            title: "1,2: 3\n".to_owned(),
            message: "10 %, a:b\r\n::error::c".to_owned(),
        };
        assert_eq!(
            annotation.to_string(),
            "::error file=a%3Ab%2Cc%25.csv,title=1%2C2%3A 3%0A::10 %25, a:b%0D%0A::error::c"
        );
    }

    #[test]
    fn a_line_has_one_annotation_at_the_first_position_and_with_the_highest_level() {
        let annotations = vec![annotation(Level::Notice, 3), annotation(Level::Notice, 4), annotation(Level::Error, 3)];
        insta::assert_snapshot!(commands(annotations), @r"
        ::error file=tables/a.csv,line=3,col=2,title=title 3::message 3%0Amessage 3
        ::notice file=tables/a.csv,line=4,col=2,title=title 4::message 4
        ");
    }

    #[test]
    fn the_last_annotation_of_a_level_counts_what_github_would_drop() {
        for (lines, shown, last) in [(10, 10, "message 10"), (11, 10, "title=And 2 lines more"), (30, 10, "21 lines")] {
            let notices = (1..=lines).map(|line| annotation(Level::Notice, line));
            let text = commands(notices.chain([annotation(Level::Error, 99)]).collect());
            let notices: Vec<&str> = text.lines().filter(|line| line.starts_with("::notice ")).collect();
            assert_eq!(notices.len(), shown, "{text}");
            assert!(notices.last().unwrap().contains(last) && text.contains("message 99"), "{text}");
        }
    }
}
