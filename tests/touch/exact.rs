//! The exact backend.

use super::harness::{Place, changes, exact_works, run, sh, spec};
use ledger_run::touch::TouchMode;

#[test]
fn a_shell_that_does_a_little_of_everything() {
    if !exact_works("a_shell_that_does_a_little_of_everything") {
        return;
    }
    let place = Place::new();
    for name in ["keep", "edit", "append", "gone", "old", "dir/x", "dir/y", "mode", "both"] {
        place.write(name, "before");
    }
    let program = "echo new > made; echo edited > edit; echo more >> append; rm gone; mv old renamed; mv dir moved; \
        echo z > moved/x; chmod 700 mode; : <> both; mkdir -p a/b; echo t > t; rm t; cat keep > /dev/null; \
        rmdir nothing 2>/dev/null; mkdir a 2>/dev/null; true";
    let (status, report) = run(spec(TouchMode::Exact, place.path()), &mut sh(program));
    assert!(status.success());
    let expected = [
        "Created a",
        "Created a/b",
        "Created made",
        "Deleted gone",
        "Metadata mode",
        "Modified append",
        "Modified edit",
        "Modified moved/x from dir/x",
        "Renamed moved from dir",
        "Renamed renamed from old",
    ];
    assert_eq!(changes(&report), expected, "{:?}", report.data);
    assert_eq!((report.data.complete, report.data.transient), (true, Some(1)));
}

#[test]
fn links_descriptors_and_odd_ways_to_name_a_file() {
    if !exact_works("links_descriptors_and_odd_ways_to_name_a_file") {
        return;
    }
    let place = Place::new();
    for name in ["target", "d/x", "hard"] {
        place.write(name, "before");
    }
    std::os::unix::fs::symlink("target", place.at("link")).unwrap();
    let program = "echo a >> link; ln hard second; echo b >> second; exec 4<> d/x; echo c > /proc/self/fd/4; \
        echo out > /dev/stdout; ln -sfn d way; echo e > way/../way/e; rm link; cd d; rm -r ../d/x; echo f > ../f; \
        mkdir gone; cd gone; rmdir ../gone; echo g > ../g 2>/dev/null; true";
    let (_, report) =
        run(spec(TouchMode::Exact, place.path()), sh(program).stdout(std::process::Stdio::null()));
    let expected = [
        "Created d/e",
        "Created d/g",
        "Created f",
        "Created second",
        "Created way",
        "Deleted d/x",
        "Deleted link",
        "Modified hard",
        "Modified target",
    ];
    assert_eq!(changes(&report), expected, "{:?}", report.data);
}

#[test]
fn a_name_that_is_no_text_is_kept() {
    if !exact_works("a_name_that_is_no_text_is_kept") {
        return;
    }
    let place = Place::new();
    let (_, report) = run(spec(TouchMode::Exact, place.path()), &mut sh("echo x > $(printf 'caf\\351')"));
    assert_eq!(report.files_touched, [r"caf\xe9"]);
}

#[test]
fn a_file_inherited_open_is_touched_too() {
    if !exact_works("a_file_inherited_open_is_touched_too") {
        return;
    }
    // In a process of its own: descriptors are inherited by everybody.
    let place = Place::new();
    let exe = std::env::current_exe().unwrap();
    let program = "exec 7>> log; exec \"$0\" touch::exact::inherits_when_told --exact --quiet";
    let status = std::process::Command::new("/bin/sh")
        .args(["-c", program])
        .arg(exe)
        .env("LEDGER_TOUCH_INHERIT", place.path())
        .stdout(std::process::Stdio::null())
        .current_dir(place.path())
        .status();
    assert!(status.unwrap().success());
}

/// Does nothing unless started by [`a_file_inherited_open_is_touched_too`].
#[test]
fn inherits_when_told() {
    let Some(place) = std::env::var_os("LEDGER_TOUCH_INHERIT") else { return };
    let (_, report) = run(spec(TouchMode::Exact, place.as_ref()), &mut sh("echo x >&7"));
    assert_eq!(changes(&report), ["Modified log"]);
}

#[test]
fn what_is_ours_or_ignored_is_not_reported_and_groups_are_counted() {
    if !exact_works("what_is_ours_or_ignored_is_not_reported_and_groups_are_counted") {
        return;
    }
    let place = Place::new();
    let mut spec = spec(TouchMode::Exact, place.path());
    spec.list_all = false;
    spec.exclude.push(place.at("g/ledger"));
    spec.ignore = ledger_run::touch::PathGlobs::anywhere(&["*.log"]).unwrap();
    let program = "mkdir -p g/ledger/a .git node_modules/x; echo > g/ledger/a/b; echo > deep.log; echo > .git/index; \
        echo > node_modules/x/y; echo > work";
    let (_, report) = run(spec, &mut sh(program));
    assert_eq!(report.files_touched, ["g", "work"]);
    let apart: Vec<_> = report.data.apart.into_iter().collect();
    assert_eq!(apart, [("build".to_owned(), 3), ("vcs".to_owned(), 2)]);
    assert_eq!(report.data.total, Some(7));
}

#[test]
fn a_sweep_finds_what_others_change_and_an_empty_one_verifies() {
    if !exact_works("a_sweep_finds_what_others_change_and_an_empty_one_verifies") {
        return;
    }
    let verified = |touch: &str| {
        let place = Place::new();
        place.write("foreign", "before");
        let pipes = ["started", "pipe"].map(|name| place.at(name));
        assert!(std::process::Command::new("mkfifo").args(&pipes).status().unwrap().success());
        let mut spec = spec(TouchMode::Exact, place.path());
        spec.verify = true;
        let file = place.at(touch);
        let other = std::thread::spawn(move || {
            let [started, pipe] = pipes;
            std::fs::read(started).unwrap();
            std::fs::write(file, "by somebody else").unwrap();
            std::fs::write(pipe, "go\n").unwrap();
        });
        let (_, report) = run(spec, &mut sh("echo > started; read -r go < pipe; echo x > own"));
        other.join().unwrap();
        (report.data.verified, report.data.complete, report.data.unattributed)
    };
    assert_eq!(verified("own"), (true, true, Vec::new()));
    assert_eq!(verified("foreign"), (false, false, vec!["foreign".to_owned()]));
}

#[test]
fn io_uring_is_noticed_and_a_sweep_answers_for_the_roots() {
    let test = "io_uring_is_noticed_and_a_sweep_answers_for_the_roots";
    if super::harness::find("python3").is_none() {
        return super::harness::not_run(test, "python3 is not installed");
    }
    if !exact_works(test) {
        return;
    }
    let place = Place::new();
    // io_uring_setup(1, zeroed parameters): whether it is allowed does not matter.
    let program =
        "import ctypes; ctypes.CDLL(None).syscall(425, 1, ctypes.create_string_buffer(120)); open('a', 'w')";
    let mut command = std::process::Command::new("python3");
    command.args(["-B", "-c", program]);
    let (_, report) = run(spec(TouchMode::Exact, place.path()), &mut command);
    assert!(report.data.reason.as_deref().unwrap().contains("io_uring was set up"), "{:?}", report.data);
    assert!(report.data.verified && report.data.complete, "{:?}", report.data);
    assert_eq!(report.files_touched, ["a"]);
}

#[test]
fn paths_inside_a_namespace_or_another_root_are_ours() {
    let test = "paths_inside_a_namespace_or_another_root_are_ours";
    if super::harness::find("unshare").is_none() {
        return super::harness::not_run(test, "unshare is not installed");
    }
    if !exact_works(test) {
        return;
    }
    let place = Place::new();
    for name in ["shown/x", "hidden/y"] {
        place.write(name, "before");
    }
    let program = "mount --bind shown hidden && echo a > hidden/x && mount -t tmpfs none shown && echo b > shown/z; \
        cd hidden && echo c > c && mkdir e && echo d > e/../d";
    let mut command = std::process::Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "/bin/sh", "-ec", program]);
    let output =
        std::process::Command::new("unshare").args(["--user", "--map-root-user", "--mount", "true"]).output();
    if !output.is_ok_and(|output| output.status.success()) {
        return super::harness::not_run(test, "user namespaces are forbidden here");
    }
    let (status, report) = run(spec(TouchMode::Exact, place.path()), &mut command);
    assert!(status.success());
    let expected = ["Created shown/c", "Created shown/d", "Created shown/e", "Modified shown/x"];
    assert_eq!(changes(&report), expected, "{:?}", report.data);
}
