//! A module imports only from groups to its left (docs/architecture.md).

use super::source::{Source, find, is_word, none_of, package, rust_files};

/// The groups, left to right; members of one group do not import from each other.
const GROUPS: [&[&str]; 5] = [
    &["base"],
    &["sys", "ledger", "redact"],
    &["touch", "supervise", "config", "query"],
    &["render", "cli"],
    &["run", "ctl"],
];

/// Left of it, and still not to be imported: the supervisor emits events and knows nothing of records.
const FORBIDDEN: [(&str, &str); 2] = [("supervise", "ledger"), ("supervise", "redact")];

/// What a module may import all the same, being no part of what the layer left out is for.
const EXCEPTIONS: [(&str, &str); 1] = [("redact", "crate::sys::simd")];

fn rank(module: &str) -> Option<usize> {
    GROUPS.iter().position(|group| group.contains(&module))
}

fn allowed(from: &str, to: &str) -> bool {
    from == to || (rank(to) < rank(from) && rank(to).is_some() && !FORBIDDEN.contains(&(from, to)))
}

/// `src/a/b.rs` is module `a`, `b` below the crate.
fn module_path(path: &str) -> Vec<&str> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    inner.split('/').filter(|part| *part != "mod").collect()
}

/// Each top-level module that the code names by `crate::` or by climbing to the crate with `super::`, with its line.
fn imports(code: &str, depth: usize) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut starts: Vec<usize> = code.match_indices("crate::").map(|(at, _)| at + "crate::".len()).collect();
    let climb = "super::".repeat(depth);
    starts.extend(code.match_indices(&climb).map(|(at, _)| at + climb.len()));
    for start in starts {
        let line = code[..start].matches('\n').count() + 1;
        let rest = code[start..].trim_start();
        let names = if rest.starts_with('{') { in_braces(rest) } else { vec![first_word(rest)] };
        found.extend(names.into_iter().filter(|name| !name.is_empty()).map(|name| (line, name)));
    }
    found
}

fn first_word(text: &str) -> String {
    text.trim_start().bytes().take_while(|byte| is_word(*byte)).map(char::from).collect()
}

/// The first word of each item of a brace group.
fn in_braces(text: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(byte, b'{' | b',') {
            names.push(first_word(&text[at + 1..]));
        }
    }
    names
}

fn wrong_imports(source: &Source) -> Vec<String> {
    let path = module_path(&source.path);
    let own = path[0];
    let exceptions = EXCEPTIONS.iter().filter(|(module, _)| *module == own);
    let code = exceptions.fold(source.code(), |code, (_, item)| code.replace(item, "simd"));
    imports(&code, path.len())
        .into_iter()
        .filter(|(_, to)| rank(to).is_some() && !allowed(own, to))
        .map(|(line, to)| format!("{}:{line}: `{own}` imports from `{to}`", source.path))
        .collect()
}

#[test]
fn modules_import_from_their_left_only() {
    let sources = rust_files("src");
    let inner = |source: &&Source| source.path != "src/lib.rs" && !source.path.starts_with("src/bin/");
    let wrong: Vec<String> = sources.iter().filter(inner).flat_map(wrong_imports).collect();
    assert!(sources.len() > 50, "only {} files were found", sources.len());
    none_of(&wrong, "a module imports only from groups to its left");
}

#[test]
fn every_module_of_the_crate_has_its_place() {
    let wrong: Vec<String> = std::fs::read_dir(package().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .filter(|name| !["lib", "bin"].contains(&name.as_str()) && rank(name).is_none())
        .collect();
    none_of(&wrong, "these modules stand in no group");
}

#[test]
fn binaries_only_call_the_library() {
    for source in rust_files("src/bin") {
        let code = source.code();
        assert!(code.lines().filter(|line| !line.trim().is_empty()).count() <= 3, "{}", source.path);
        assert!(find(code.as_bytes(), b"ledger_run::").is_some(), "{}", source.path);
    }
}

#[test]
fn imports_are_found_in_every_form() {
    let code = "use crate::base::x;\nuse crate::{sys::{a, b}, cli};\nlet y = crate::run::z();\nuse super::super::ctl::q;";
    let names = imports(code, 2);
    let expected = [(1, "base"), (2, "sys"), (2, "cli"), (3, "run"), (4, "ctl")];
    assert_eq!(names, expected.map(|(line, name)| (line, name.to_owned())));
    let at = |path: &str| Source { path: path.to_owned(), text: code.to_owned() };
    assert_eq!(wrong_imports(&at("src/query/x.rs")).len(), 3);
    let simd = |path: &str| Source { path: path.to_owned(), text: "use crate::sys::simd::Lanes;".to_owned() };
    assert_eq!(
        ["redact", "ledger"].map(|own| wrong_imports(&simd(&format!("src/{own}/x.rs"))).len()),
        [0, 1]
    );
    assert!(allowed("ctl", "render") && !allowed("ledger", "redact") && !allowed("supervise", "ledger"));
}
