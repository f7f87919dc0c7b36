//! Real programs under the exact backend, with strace and two full looks at the tree as oracles.
//!
//! `LEDGER_TOUCH_ROUNDS=10` repeats each, `LEDGER_TOUCH_FULL=1` makes the large ones large.

use super::harness::{Place, exact_works, find, not_run, run, sh, spec};
use super::{strace, tree};
use ledger_run::touch::TouchMode;
use std::path::{Path, PathBuf};
use std::process::Command;

fn rounds() -> usize {
    std::env::var("LEDGER_TOUCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn full() -> bool {
    std::env::var_os("LEDGER_TOUCH_FULL").is_some()
}

/// Sets up a fresh place, runs the command in it under the watch and under strace, and compares.
fn check(test: &str, needs: &[&str], set_up: impl Fn(&Place), command: impl Fn(&Place) -> Command) {
    let Some(strace) = find("strace") else { return not_run(test, "strace is not installed") };
    if let Some(missing) = needs.iter().find(|name| find(name).is_none()) {
        return not_run(test, &format!("{missing} is not installed"));
    }
    if !exact_works(test) {
        return;
    }
    for round in 0..rounds() {
        let place = Place::new();
        std::fs::create_dir(place.at("home")).unwrap();
        set_up(&place);
        one_round(&format!("{test}, round {round}"), &strace, &place, command(&place));
    }
}

fn one_round(what: &str, strace: &Path, place: &Place, mut command: Command) {
    let records = Place::new();
    let prefix = records.at("trace");
    command.env("HOME", place.at("home")).env("TMPDIR", place.path()).env_remove("GIT_DIR");
    let mut wrapped = strace::around(strace, &prefix, &command);
    let mut spec = spec(TouchMode::Exact, place.path());
    spec.exclude.push(records.path().to_path_buf());
    let before = tree::look(place.path());
    let (status, report) = run(spec, &mut wrapped);
    let after = tree::look(place.path());
    assert!(status.success(), "{what}: {status}");
    assert!(report.data.complete, "{what}: {:?}", report.data);
    let truth = tree::difference(&before, &after);
    let claimed = tree::claimed(&report, place.path(), &before, &after);
    let traced = strace::touched(&prefix, place.path());
    let calls = |path: &PathBuf| traced.get(path).map_or("no call".to_owned(), |calls| calls.join(","));
    for (path, kind) in truth.iter().filter(|(path, _)| !claimed.contains_key(*path)) {
        eprintln!("{what}: missed {kind:?} {} by {}", path.display(), calls(path));
    }
    let inside = |path: &Path| path.starts_with(place.path());
    let (ours, elsewhere): (tree::Truth, tree::Truth) =
        claimed.into_iter().partition(|(path, _)| inside(path));
    tree::assert_same(what, &truth, &ours, &report);
    for (path, kind) in &elsewhere {
        assert!(traced.contains_key(path), "{what}: {kind:?} {} is in no trace", path.display());
    }
    for (path, calls) in &traced {
        let kernel = ["/dev", "/proc", "/sys"].iter().any(|place| path.starts_with(place));
        let reported = elsewhere.contains_key(path) || inside(path) || !path.exists();
        assert!(
            kernel || reported || path.starts_with(records.path()),
            "{what}: missed {} by {calls:?}",
            path.display()
        );
    }
    assert!(!ours.is_empty(), "{what}: nothing happened");
    eprintln!("{what}: {} changes, {} traced paths", ours.len(), traced.len());
}

#[test]
fn shell_redirections() {
    let set_up = |place: &Place| {
        for name in ["old", "more", "both", "same", "to"] {
            place.write(name, "before");
        }
        std::os::unix::fs::symlink("to", place.at("link")).unwrap();
        std::os::unix::fs::symlink("dangling", place.at("loose")).unwrap();
    };
    let program = "echo a > new; echo b > old; echo c >> more; echo d 1<> both; : >> same; echo e > link; \
        echo f > loose; echo g > ./x/../y 2>/dev/null; mkdir x; echo h > ./x/../z; (cd x && echo i > w); \
        echo j > /dev/null; cat < old > \"with blank\"; echo k > nowhere/k 2>/dev/null; exec 3> late; echo l >&3";
    check("shell_redirections", &[], set_up, |_| sh(program));
}

#[test]
fn git_clone_commit_and_rebase() {
    let set_up = |place: &Place| {
        let program = "mkdir source && cd source && git init -q -b main . && for i in 1 2 3 4 5 6 7 8 9; do \
            mkdir d$i && echo $i > d$i/f && echo $i > g$i; done && git add -A && git commit -qm one && echo x >> g1 \
            && git commit -qam two";
        assert!(with_git_identity(sh(program)).current_dir(place.path()).status().unwrap().success());
    };
    let program = "git clone -q source copy && cd copy && git checkout -q -b side HEAD~1 && echo y >> g2 && \
        git rm -q g3 && git commit -qam three && git rebase -q main && git checkout -q main && git merge -q side && \
        git gc -q && git stash list && echo z >> g4 && git stash -q && git stash pop -q";
    check("git_clone_commit_and_rebase", &["git"], set_up, |_| with_git_identity(sh(program)));
}

fn with_git_identity(mut command: Command) -> Command {
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "n").env(format!("GIT_{role}_EMAIL"), "n@example.invalid");
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command
}

#[test]
fn unpacking_an_archive() {
    let (directories, files) = if full() { (2000, 10) } else { (60, 10) };
    let set_up = |place: &Place| {
        for d in 0..directories {
            for f in 0..files {
                place.write(&format!("tree/p{}/d{d}/f{f}.js", d % 7), "content");
            }
        }
        std::os::unix::fs::symlink("p0", place.at("tree/link")).unwrap();
        let pack = "tar cf archive.tar tree && rm -r tree";
        assert!(sh(pack).current_dir(place.path()).status().unwrap().success());
    };
    check("unpacking_an_archive", &["tar"], set_up, |_| sh("tar xf archive.tar"));
}

#[test]
fn make_with_two_jobs() {
    let set_up = |place: &Place| {
        let mut makefile = "all: lib.a\n.SUFFIXES:\nlib.a: ".to_owned();
        let objects: Vec<String> = (0..20).map(|n| format!("o{n}.o")).collect();
        makefile += &objects.join(" ");
        makefile += "\n\tcat $^ > $@.tmp\n\tmv $@.tmp $@\n";
        makefile += "o%.o: s%.c\n\t@mkdir -p dep\n\tcp $< $@\n\techo $@ > dep/$*.d\n";
        place.write("Makefile", &makefile);
        (0..20).for_each(|n| place.write(&format!("s{n}.c"), "source"));
    };
    check("make_with_two_jobs", &["make"], set_up, |_| sh("make -s -j2"));
}

#[test]
fn cargo_build_of_a_small_workspace() {
    let set_up = |place: &Place| {
        place.write("Cargo.toml", "[workspace]\nmembers = [\"app\", \"a\", \"b\"]\nresolver = \"3\"\n");
        for name in ["app", "a", "b"] {
            let uses = if name == "app" {
                "[dependencies]\na = { path = \"../a\" }\nb = { path = \"../b\" }\n"
            } else {
                ""
            };
            let manifest =
                format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{uses}");
            place.write(&format!("{name}/Cargo.toml"), &manifest);
        }
        place.write("a/src/lib.rs", "pub fn a() -> u32 { 1 }\n");
        place.write("b/src/lib.rs", "pub fn b() -> u32 { 2 }\n");
        place.write("b/build.rs", "fn main() { println!(\"cargo:rerun-if-changed=build.rs\"); }\n");
        place.write("app/src/main.rs", "fn main() { println!(\"{}\", a::a() + b::b()); }\n");
    };
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    if Command::new(&cargo).arg("--version").output().is_err() {
        return not_run("cargo_build_of_a_small_workspace", "cargo cannot be run by this user");
    }
    let home = |name: &str| std::env::var_os(name);
    check("cargo_build_of_a_small_workspace", &[], set_up, |place| {
        let mut command = Command::new(&cargo);
        command.args(["build", "--offline", "--quiet"]).env("CARGO_HOME", place.at("cargo-home"));
        command.env("CARGO_TARGET_DIR", place.at("target")).env_remove("RUSTFLAGS");
        let user = home("HOME").map(|home| PathBuf::from(home).join(".rustup"));
        if let Some(rustup) = home("RUSTUP_HOME").map(PathBuf::from).or(user) {
            command.env("RUSTUP_HOME", rustup);
        }
        command
    });
}

#[test]
fn static_busybox() {
    let set_up = |place: &Place| (0..30).for_each(|n| place.write(&format!("src/h{n}.h"), "text lua text"));
    let program = "busybox mkdir -p a/b; for i in 1 2 3 4 5; do busybox echo $i > a/b/f$i; done; busybox cp -r src dst; \
        busybox tar cf x.tar dst; busybox mkdir un; busybox tar xf x.tar -C un; busybox rm -rf dst; \
        busybox mv a/b a/c; busybox sed -i s/lua/LUA/ src/h1.h; busybox find un -name 'h2*.h' -exec busybox rm {} ';'; \
        busybox gzip x.tar; busybox ln -s a l; busybox touch l/t; busybox chmod 700 src/h2.h";
    check("static_busybox", &["busybox"], set_up, |_| {
        let mut command = Command::new("busybox");
        command.args(["sh", "-c", program]);
        command
    });
}

#[test]
fn find_with_delete() {
    let set_up = |place: &Place| (0..40).for_each(|n| place.write(&format!("t/d{}/f{n}.o", n % 5), "x"));
    let program = "find t -name '*.o' -delete; find t -depth -type d -name 'd[12]' -delete";
    check("find_with_delete", &["find"], set_up, |_| sh(program));
}

#[test]
fn the_rename_dance_of_a_synchroniser() {
    let set_up = |place: &Place| {
        (0..30).for_each(|n| place.write(&format!("from/d{}/f{n}", n % 3), &format!("new {n}")));
        (0..20).for_each(|n| place.write(&format!("to/d{}/f{n}", n % 3), "old"));
        place.write("to/d1/extraneous", "old");
    };
    let program = "cd from && find . -type d | while read -r d; do mkdir -p ../to/$d; done; \
        find . -type f | while read -r f; do t=../to/${f%/*}/.${f##*/}.XyZ12; cp $f $t && chmod 644 $t && mv $t ../to/$f; \
        done; rm ../to/d1/extraneous; mv ../to/d2 ../to/d2.bak; cp -r d2 ../to/d2";
    check("the_rename_dance_of_a_synchroniser", &["find"], set_up, |_| sh(program));
}

#[test]
fn python_does_it_in_many_ways() {
    let set_up = |place: &Place| {
        for name in ["dirA/old", "pretrunc", "preunch", "predel", "preren", "prechmod", "keep"] {
            place.write(name, "12345");
        }
        place.write("premm", &"\0".repeat(8192));
        place.write("script/work.py", include_str!("work.py"));
    };
    check("python_does_it_in_many_ways", &["python3"], set_up, |_| {
        let mut command = Command::new("python3");
        command.args(["-B", "script/work.py"]);
        command
    });
}

#[test]
fn a_static_program_with_threads() {
    let test = "a_static_program_with_threads";
    let rustc = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    let built = Place::new();
    built.write("program.rs", include_str!("static_program.rs"));
    let mut compile = Command::new(rustc);
    compile.args(["--edition", "2021", "-C", "target-feature=+crt-static", "program.rs", "-o", "program"]);
    if !compile.current_dir(built.path()).output().is_ok_and(|output| output.status.success()) {
        return not_run(test, "rustc cannot be run by this user, or cannot link statically");
    }
    check(
        test,
        &[],
        |_| {},
        |place| {
            let mut command = Command::new(built.at("program"));
            command.arg(place.path());
            command
        },
    );
}
