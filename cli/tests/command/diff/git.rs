//! `dreamprice diff --base`, on repositories of the tests.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{folders, new_tables};
use crate::{command, diagnostics, dreamprice, git, report, tables};

#[test]
fn paths_of_annotations_begin_at_the_root_of_the_repository() {
    let root = repository();
    let paths = |folder: &str, arguments: &[&str]| {
        let text =
            report(&root.path().join(folder), &[&["diff", "--format", "github", "--base", "HEAD"], arguments].concat());
        let lines = text.lines().filter(|line| line.contains(" file="));
        lines.map(|line| line[line.find("file=").unwrap()..line.find(".csv").unwrap()].to_owned()).collect::<Vec<_>>()
    };
    let expected = paths("", &[]);
    assert!(expected.iter().all(|path| path.starts_with("file=tables/")) && expected.len() > 5, "{expected:?}");
    assert_eq!(paths("tables", &["."]), expected);
    assert_eq!(paths("new", &["../tables"]), expected);
    fs::rename(root.path().join(".git"), root.path().join("tables/.git")).unwrap();
    let check = dreamprice(&root.path().join("tables"), ["check", ".", "--format", "github"]).stdout;
    assert!(check.starts_with(b".: no mistakes"), "{check:?}");
}

/// A repository whose only commit has [`tables`] in `tables`, where [`new_tables`] are now; `old` and `new` are beside it.
fn repository() -> TempDir {
    let root = folders();
    let folder = root.path().join("tables");
    git(root.path(), &["init", "--quiet"]);
    tables().write(&folder).unwrap();
    // A folder among the tables, which git cannot print as a file.
    new_tables().write(&folder.join("drafts")).unwrap();
    git(root.path(), &["add", "tables"]);
    git(root.path(), &["commit", "--quiet", "--message", "old"]);
    fs::remove_dir_all(&folder).unwrap();
    new_tables().write(&folder).unwrap();
    root
}

#[test]
fn the_old_tables_can_come_from_git() {
    let root = repository();
    let expected = |old: &str, new: &str| {
        let report = report(root.path(), &["diff", "old", "new"]);
        report.replace("all of old ", &format!("all of {old} ")).replace("all of new ", &format!("all of {new} "))
    };
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD"]), expected("HEAD:tables", "tables"));
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD", "tables"]), expected("HEAD:tables", "tables"));
    assert_eq!(report(&root.path().join("tables"), &["diff", "--base", "HEAD", "."]), expected("HEAD:.", "."));
}

#[test]
fn a_file_whose_ending_is_in_capitals_is_read_from_git_as_from_a_folder() {
    let root = repository();
    git(root.path(), &["mv", "--force", "tables/sdxl.csv", "tables/sdxl.CSV"]);
    git(root.path(), &["add", "tables"]);
    git(root.path(), &["commit", "--quiet", "--message", "capitals"]);
    let report = report(root.path(), &["diff", "--base", "HEAD"]);
    for label in ["HEAD:tables", "tables"] {
        assert!(report.contains(&format!("error: {label}/sdxl.CSV: ")), "{report}");
    }
}

#[test]
fn a_folder_that_is_named_as_a_table_is_an_error() {
    let root = repository();
    tables().write(&root.path().join("tables/turbo.csv")).unwrap();
    git(root.path(), &["add", "tables"]);
    git(root.path(), &["commit", "--quiet", "--message", "folder"]);
    fs::remove_dir_all(root.path().join("tables/turbo.csv")).unwrap();
    let report = report(root.path(), &["diff", "--base", "HEAD"]);
    assert_eq!(report, "exit code 2\nerror: HEAD:tables/turbo.csv: this is not a file\n");
}

#[test]
fn a_revision_or_folder_that_git_does_not_have_is_an_error() {
    let root = repository();
    insta::assert_snapshot!(report(root.path(), &["diff", "--base", "nowhere"]), @r"
    exit code 2
    error: git knows no revision `nowhere`
      = git: fatal: Needed a single revision
      = help: get it with `git fetch`, or correct its name
    ");
    insta::assert_snapshot!(report(root.path(), &["diff", "--base", "\u{1b}[31m\u{202e}"]), @r"
    exit code 2
    error: git knows no revision `<U+001B>[31m<U+202E>`
      = git: fatal: Needed a single revision
      = help: get it with `git fetch`, or correct its name
    ");
    insta::assert_snapshot!(report(root.path(), &["diff", "--base=--all"]), @r"
    exit code 2
    error: git knows no revision `--all`
      = git: fatal: Needed a single revision
      = help: get it with `git fetch`, or correct its name
    ");
    insta::assert_snapshot!(report(root.path(), &["diff", "--base", "HEAD", "new"]), @r"
    exit code 2
    error: revision HEAD has no folder new
    ");
    let [missing] = &diagnostics(root.path(), "missing")[..] else { panic!() };
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD", "missing"]), format!("exit code 2\nerror: {missing}\n"));
    let report = report(folders().path(), &["diff", "--base", "HEAD", "new"]);
    let lines = [
        "exit code 2",
        "error: new: git cannot find the repository of this folder",
        "  = git: fatal: not a git repository",
        "  = help: compare two folders with `dreamprice diff OLD NEW` instead",
    ];
    assert!(lines.iter().all(|line| report.contains(line)), "{report}");
}

/// Returns the report of [`repository`], with other names for the folder.
fn expected(label: &str) -> String {
    let report = report(folders().path(), &["diff", "old", "new"]);
    report.replace("all of old ", &format!("all of HEAD:{label} ")).replace("all of new ", &format!("all of {label} "))
}

/// Adds everything in a repository, and commits it.
fn commit(root: &Path) {
    git(root, &["add", "tables"]);
    git(root, &["commit", "--quiet", "--message", "more"]);
}

#[test]
fn a_hook_compares_the_folder_that_it_names() {
    let root = repository();
    for (folder, label) in [(".", "tables"), ("tables", ".")] {
        let mut command = command();
        command.current_dir(root.path().join(folder)).args(["diff", "--base", "HEAD", label]);
        // What git sets for a hook, and more.
        for variable in ["GIT_DIR", "GIT_COMMON_DIR"] {
            command.env(variable, root.path().join(".git"));
        }
        command
            .env("GIT_INDEX_FILE", ".git/index")
            .env("GIT_PREFIX", "tables/")
            .env("GIT_WORK_TREE", root.path().join("new"));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(format!("exit code 1\n{}", String::from_utf8(output.stdout).unwrap()), expected(label));
    }
}

#[cfg(unix)]
#[test]
fn hooks_of_a_repository_and_of_a_linked_work_tree_see_the_base() {
    use std::os::unix::fs::PermissionsExt as _;

    let root = repository();
    let hook = root.path().join(".git/hooks/pre-commit");
    let command = env!("CARGO_BIN_EXE_dreamprice");
    let output = root.path().join("report").display().to_string();
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let script = format!("#!/bin/sh\n'{command}' diff --base HEAD > '{output}'\necho $? >> '{output}'\n");
    fs::write(&hook, script).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    git(root.path(), &["worktree", "add", "--quiet", "linked"]);
    let linked = root.path().join("linked");
    for work_tree in [linked.as_path(), root.path()] {
        fs::remove_dir_all(work_tree.join("tables")).unwrap();
        new_tables().write(&work_tree.join("tables")).unwrap();
        git(work_tree, &["commit", "--quiet", "--all", "--message", "new"]);
        let report = fs::read_to_string(root.path().join("report")).unwrap();
        assert_eq!(format!("exit code 1\n{report}"), expected("tables") + "1\n");
    }
}

#[cfg(unix)]
#[test]
fn a_checkout_of_another_user_is_an_error_with_the_reason_of_git() {
    let root = repository();
    // Only root can give files away. Without it, the other user is simulated as git's own tests do.
    let _ = std::os::unix::fs::chown(root.path(), Some(12345), None);
    let run = |safe: bool| {
        let mut command = command();
        command.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1").current_dir(root.path());
        if safe {
            let directory = fs::canonicalize(root.path()).unwrap();
            command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "safe.directory");
            command.env("GIT_CONFIG_VALUE_0", directory);
        }
        let output = command.args(["diff", "--base", "HEAD", "--fail-above", "20%"]).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let (code, text) = run(false);
    assert_eq!(code, 2, "{text}");
    for line in
        ["  = git: fatal: detected dubious ownership in repository at ", "  = git: git config --global --add safe"]
    {
        assert!(text.contains(line), "{text}");
    }
    let (code, text) = run(true);
    assert!(code == 1 && text.contains("Compared all of HEAD:tables (7 prices"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_revision_that_a_shallow_clone_does_not_have_is_an_error() {
    let root = repository();
    new_tables().write(&root.path().join("tables")).unwrap();
    commit(root.path());
    git(root.path(), &["clone", "--quiet", "--depth", "1", &format!("file://{}", root.path().display()), "clone"]);
    insta::assert_snapshot!(report(&root.path().join("clone"), &["diff", "--base", "HEAD~"]), @r"
    exit code 2
    error: git knows no revision `HEAD~`
      = git: fatal: Needed a single revision
      = help: this clone is shallow: get the other commits with `git fetch --unshallow`
    ");
    assert!(
        report(&root.path().join("clone"), &["diff", "--base", "HEAD"]).starts_with("exit code 0\n0 prices changed")
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_in_the_revision() {
    use std::os::unix::fs::symlink;

    // The folder is a link, one of its files too, and their targets are other tables now.
    let root = repository();
    let path = |name: &str| root.path().join(name);
    fs::remove_dir_all(path("tables")).unwrap();
    tables().without("sdxl.csv").write(&path("data/tables")).unwrap();
    fs::write(path("data/xl"), tables().text("sdxl.csv")).unwrap();
    symlink("../xl", path("data/tables/sdxl.csv")).unwrap();
    symlink("data/tables", path("tables")).unwrap();
    git(root.path(), &["add", "data"]);
    commit(root.path());
    fs::remove_dir_all(path("data/tables")).unwrap();
    new_tables().write(&path("data/tables")).unwrap();
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD"]), expected("tables"));
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD", "tables/"]), expected("tables/"));
    // Now it is a folder.
    fs::remove_file(path("tables")).unwrap();
    new_tables().write(&path("tables")).unwrap();
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD"]), expected("tables"));
    // Now it leads out of the repository.
    fs::remove_dir_all(path("tables")).unwrap();
    let outside = tempfile::tempdir().unwrap();
    new_tables().write(outside.path()).unwrap();
    symlink(outside.path(), path("tables")).unwrap();
    assert_eq!(report(root.path(), &["diff", "--base", "HEAD"]), expected("tables"));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_to_nothing_in_the_revision_is_an_error() {
    use std::os::unix::fs::symlink;

    let root = repository();
    let (file, folder) = (root.path().join("tables/sdxl.csv"), root.path().join("tables"));
    let reason = "there is a link that leads to nothing in this revision";
    for target in ["nowhere", "sdxl.csv", "/etc/passwd", "../../outside.csv"] {
        fs::remove_file(&file).unwrap();
        symlink(target, &file).unwrap();
        commit(root.path());
        fs::remove_file(&file).unwrap();
        new_tables().write(&folder).unwrap();
        let report = report(root.path(), &["diff", "--base", "HEAD", "--fail-above", "20%"]);
        assert_eq!(report, format!("exit code 2\nerror: HEAD:tables/sdxl.csv: this is not a file: {reason}\n"));
    }
    fs::remove_dir_all(&folder).unwrap();
    symlink("/nowhere", &folder).unwrap();
    commit(root.path());
    fs::remove_file(&folder).unwrap();
    new_tables().write(&folder).unwrap();
    let report = report(root.path(), &["diff", "--base", "HEAD", "--fail-above", "20%"]);
    assert_eq!(report, format!("exit code 2\nerror: revision HEAD has no folder tables: {reason}\n"));
}

#[test]
fn a_pointer_of_git_lfs_in_the_revision_is_an_error() {
    let root = repository();
    let file = root.path().join("tables/sdxl.csv");
    fs::write(&file, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n").unwrap();
    commit(root.path());
    new_tables().write(&root.path().join("tables")).unwrap();
    insta::assert_snapshot!(report(root.path(), &["diff", "--base", "HEAD", "--fail-above", "20%"]), @r"
    exit code 2
    error: HEAD:tables/sdxl.csv: this is a pointer to a file in Git LFS: read a checkout in which `git lfs pull` has run
    ");
}

#[test]
fn a_file_that_is_not_added_yet_is_compared() {
    let root = repository();
    fs::remove_dir_all(root.path().join("tables")).unwrap();
    let files = tables().with("turbo.csv", "steps,512x512\n15,1\n");
    files.write(&root.path().join("tables")).unwrap();
    let report = report(root.path(), &["diff", "--base", "HEAD", "--fail-above", "20%"]);
    assert!(
        report.contains("!  turbo  512x512 ") && report.starts_with("exit code 1\nneeds approval: 1 new price\n"),
        "{report}"
    );
}

#[test]
fn a_revision_without_tables_is_an_error_and_opens_no_gate() {
    let root = repository();
    fs::remove_dir_all(root.path().join("tables")).unwrap();
    fs::create_dir(root.path().join("tables")).unwrap();
    fs::write(root.path().join("tables/README.md"), "").unwrap();
    commit(root.path());
    new_tables().write(&root.path().join("tables")).unwrap();
    let report = report(root.path(), &["diff", "--base", "HEAD", "--fail-above", "20%"]);
    assert!(report.starts_with("exit code 2\nerror: HEAD:tables: there is no price table in the folder\n"), "{report}");
}
