//! Callers, places and names that are rare, and must not be lost for it.

use super::harness::{Place, changes, exact_works, find, not_run, run, sh, spec};
use ledger_run::touch::{TouchMode, TouchReport};
use std::process::{Command, ExitStatus, Stdio};

fn watched(place: &Place, command: &mut Command) -> (ExitStatus, TouchReport) {
    run(spec(TouchMode::Exact, place.path()), command)
}

/// The changes `program` makes in a fresh place with the file `old` in it; it must end well and be seen completely.
fn exact_changes(program: &str) -> Vec<String> {
    let place = Place::new();
    place.write("old", "before");
    let (status, report) = watched(&place, &mut sh(program));
    assert!(status.success(), "{program}: {status}");
    assert!(report.data.complete, "{program}: {:?}", report.data);
    changes(&report)
}

/// Whether every program of `needs` is there; says so if not.
fn installed(test: &str, needs: &[&str]) -> bool {
    let missing = needs.iter().find(|name| find(name).is_none());
    if let Some(missing) = missing {
        not_run(test, &format!("{missing} is not installed"));
    }
    missing.is_none()
}

#[test]
fn a_descriptor_used_again_leads_elsewhere() {
    if exact_works("a_descriptor_used_again_leads_elsewhere") {
        let program = "mkdir one two; exec 4< one; echo > /proc/self/fd/4/x; exec 4< two; echo > /proc/self/fd/4/x; \
            echo > /dev/fd/4/y";
        let expected = ["Created one", "Created one/x", "Created two", "Created two/x", "Created two/y"];
        assert_eq!(exact_changes(program), expected);
    }
}

#[test]
fn a_name_that_looks_deleted_is_not() {
    if exact_works("a_name_that_looks_deleted_is_not") {
        let program = "mkdir 'd (deleted)'; cd 'd (deleted)'; echo > x; echo > 'y (deleted)'; exec 4> ../z; \
            echo > '/proc/self/cwd/w'";
        let names = ["d (deleted)", "d (deleted)/w", "d (deleted)/x", "d (deleted)/y (deleted)", "z"];
        assert_eq!(exact_changes(program), names.map(|name| format!("Created {name}")));
    }
}

#[test]
fn a_path_longer_than_the_kernel_takes_is_admitted() {
    let test = "a_path_longer_than_the_kernel_takes_is_admitted";
    if !installed(test, &["python3"]) || !exact_works(test) {
        return;
    }
    let program =
        "import os\nfor n in range(20):\n os.mkdir('d' * 250)\n os.chdir('d' * 250)\n open('f', 'w')";
    let place = Place::new();
    let (status, report) = watched(&place, Command::new("python3").args(["-B", "-c", program]));
    assert!(status.success());
    let reason = report.data.reason.unwrap_or_default();
    assert!(!report.data.complete && reason.contains("could not be read or looked at"), "{reason}");
    assert!(report.data.total > Some(30), "{:?}", report.data.total);
}

#[test]
fn what_the_command_hides_is_not_taken_for_deleted() {
    if !exact_works("what_the_command_hides_is_not_taken_for_deleted") {
        return;
    }
    let place = Place::new();
    let (status, report) = watched(&place, &mut sh("mkdir d; echo > d/x; chmod 0 d"));
    assert!(status.success());
    assert!(sh("chmod 700 d").current_dir(place.path()).status().unwrap().success());
    if nix::unistd::geteuid().is_root() {
        assert_eq!(changes(&report), ["Created d", "Created d/x"]);
    } else {
        let reason = report.data.reason.unwrap_or_default();
        assert!(!report.data.complete && reason.contains("could not be looked at after"), "{reason}");
    }
}

#[test]
fn what_is_forbidden_to_all_is_no_gap() {
    if !exact_works("what_is_forbidden_to_all_is_no_gap") {
        return;
    }
    let place = Place::new();
    place.write("d/x", "before");
    assert!(sh("chmod 0 d").current_dir(place.path()).status().unwrap().success());
    let program = "mkdir d/y 2>/dev/null; echo > d/x; rm -f d/x/y; echo > made";
    let (_, report) = watched(&place, sh(program).stderr(Stdio::null()));
    assert!(sh("chmod 700 d").current_dir(place.path()).status().unwrap().success());
    assert!(report.data.complete, "{:?}", report.data);
    assert!(changes(&report).contains(&"Created made".to_owned()));
}

#[cfg(target_arch = "x86_64")]
#[test]
fn calls_of_32_bit_programs_are_seen() {
    let test = "calls_of_32_bit_programs_are_seen";
    if !exact_works(test) {
        return;
    }
    let program = "0 0 compat_creat new\n0 0 compat_mkdir d\n0 0 compat_rename old d/moved\n0 0 compat_creat t\n\
        0 0 compat_unlink t\n0 0 compat_truncate cut\n0 0 compat_symlink link d";
    let performed = |place: &Place| {
        let inner = Place::new();
        inner.write("program", program);
        for name in ["old", "cut"] {
            place.write(name, "before");
        }
        let mut command = super::acts::performer(&inner.at("program"));
        command.stdout(Stdio::null()).current_dir(place.path());
        (command, inner)
    };
    let bare = Place::new();
    let (mut command, _program) = performed(&bare);
    if !command.stderr(Stdio::null()).status().unwrap().success() || !bare.at("new").exists() {
        return not_run(test, "the kernel has no 32-bit calls");
    }
    let place = Place::new();
    let (mut command, _program) = performed(&place);
    let (status, report) = watched(&place, &mut command);
    assert!(status.success());
    let expected = ["Created d", "Created link", "Created new", "Modified cut", "Renamed d/moved from old"];
    assert_eq!(changes(&report), expected, "{:?}", report.data);
    assert_eq!(report.data.transient, Some(1));
}

#[test]
fn below_another_root_links_lead_where_they_lead_there() {
    let test = "below_another_root_links_lead_where_they_lead_there";
    if !installed(test, &["unshare", "busybox", "chroot"]) || !exact_works(test) {
        return;
    }
    let place = Place::new();
    place.write("jail/data/x", "before");
    place.write("jail/etc/y", "before");
    std::os::unix::fs::symlink("/data", place.at("jail/link")).unwrap();
    std::os::unix::fs::symlink("/etc/y", place.at("jail/data/last")).unwrap();
    let jail = |program: &str| {
        let mut command =
            sh("cp \"$(command -v busybox)\" jail/busybox && exec unshare --user --map-root-user \
            chroot jail /busybox sh -c \"$0\"");
        command.arg(program);
        command
    };
    if !jail("exit 0").current_dir(place.path()).output().is_ok_and(|output| output.status.success()) {
        return not_run(test, "user namespaces or chroot are forbidden here, or busybox is not static");
    }
    let program = "echo a > /link/x; echo b > /data/last; cd /data && echo c > ../link/new && echo d > last2 && \
        /busybox mv last2 /link/moved";
    let (status, report) = watched(&place, &mut jail(program));
    assert!(status.success());
    let made: Vec<_> = changes(&report).into_iter().filter(|change| !change.ends_with("busybox")).collect();
    let expected =
        ["Created jail/data/moved", "Created jail/data/new", "Modified jail/data/x", "Modified jail/etc/y"];
    assert_eq!(made, expected, "{:?}", report.data);
}

#[test]
fn in_a_sandbox_descriptors_are_found_by_their_numbers() {
    let test = "in_a_sandbox_descriptors_are_found_by_their_numbers";
    if !installed(test, &["unshare"]) || !exact_works(test) {
        return;
    }
    let sandbox = |program: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc"]);
        command.args(["/bin/sh", "-ec", program]).stdin(Stdio::null());
        command
    };
    let place = Place::new();
    let mut tried = sandbox("mount --bind . /mnt");
    if !tried.current_dir(place.path()).output().is_ok_and(|output| output.status.success()) {
        return not_run(test, "namespaces or mounts are forbidden here");
    }
    for name in ["old", "out", "by"] {
        place.write(name, "before");
    }
    let program = "mount --bind . /mnt; cd /mnt; exec 4<> old; echo new >> /proc/self/fd/4; mkdir d; exec 5< d; \
        echo > /proc/self/fd/5/x; echo > /dev/fd/5/y; exec 6<> by; echo more > /dev/fd/6; exec > out; \
        echo again > /dev/stdout";
    let (status, report) = watched(&place, &mut sandbox(program));
    assert!(status.success());
    let expected = ["Created d", "Created d/x", "Created d/y", "Modified by", "Modified old", "Modified out"];
    assert_eq!(changes(&report), expected, "{:?}", report.data);
    assert!(report.data.complete, "{:?}", report.data);
}

#[test]
fn a_command_may_have_filters_of_its_own() {
    let test = "a_command_may_have_filters_of_its_own";
    if !installed(test, &["python3"]) || !exact_works(test) {
        return;
    }
    // One that allows everything (BPF_RET | SECCOMP_RET_ALLOW); then a listener, which only one can have: EBUSY is 16.
    let program = "import ctypes, struct\nlibc = ctypes.CDLL(None, use_errno=True)\n\
        code = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0x7fff0000))\n\
        prog = ctypes.create_string_buffer(struct.pack('HxxxxxxP', 1, ctypes.addressof(code)))\n\
        assert libc.prctl(38, 1, 0, 0, 0) == 0\n\
        assert libc.prctl(22, 2, prog, 0, 0) == 0\n\
        open('made', 'w').write('x')\n\
        assert libc.syscall(317 if struct.calcsize('P') == 8 and __import__('platform').machine() == 'x86_64' else 277, 1, 8, prog) == -1\n\
        assert ctypes.get_errno() == 16, ctypes.get_errno()\n";
    let place = Place::new();
    let (status, report) = watched(&place, Command::new("python3").args(["-B", "-c", program]));
    assert!(status.success());
    assert_eq!(changes(&report), ["Created made"]);
}

#[test]
fn a_tracer_inside_sees_what_it_would_see() {
    let test = "a_tracer_inside_sees_what_it_would_see";
    if !installed(test, &["strace"]) || !exact_works(test) {
        return;
    }
    let program = "strace -f -qq -o log -e trace=openat,mkdir /bin/sh -c 'echo x > made; mkdir d' && grep -q '\"made\"' log";
    assert_eq!(exact_changes(program), ["Created d", "Created log", "Created made"]);
}

#[test]
fn few_descriptors_are_the_recorders_trouble_alone() {
    if !exact_works("few_descriptors_are_the_recorders_trouble_alone") {
        return;
    }
    for limit in [9, 12, 15, 20, 40] {
        let place = Place::new();
        let recorder = super::guard::recorder(place.path(), "echo x > made; mkdir d; mv made d/moved");
        let command = format!("ulimit -n {limit}; exec \"$0\" \"$@\"");
        let mut limited = Command::new("/bin/sh");
        limited.args(["-c", &command]).arg(recorder.get_program()).args(recorder.get_args());
        for (name, value) in recorder.get_envs() {
            limited.env(name, value.unwrap());
        }
        let status =
            limited.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        // Below some number even the tests' own harness cannot start a command.
        assert!(status.success() || limit < 15, "{limit}: {status}");
        if status.success() {
            assert!(place.at("d/moved").exists(), "{limit}");
            let report = std::fs::read_to_string(place.at("report")).unwrap();
            assert!(report.contains("d/moved") || report.contains("not complete"), "{limit}: {report}");
        }
    }
}

/// Forbids itself the call of that number, and becomes the rest of its arguments (seccomp(2), classic BPF).
const WITHOUT_A_CALL: &str = "import ctypes, os, struct, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n\
    steps = [(0x20, 0, 0, 0), (0x15, 0, 1, int(sys.argv[1])), (6, 0, 0, 0x50001), (6, 0, 0, 0x7fff0000)]\n\
    code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *step) for step in steps))\n\
    prog = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(steps), ctypes.addressof(code)))\n\
    assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, prog, 0, 0) == 0\n\
    os.execv(sys.argv[2], sys.argv[2:])\n";

#[test]
fn paths_are_read_where_a_sandbox_forbids_the_usual_way() {
    let test = "paths_are_read_where_a_sandbox_forbids_the_usual_way";
    if !installed(test, &["python3"]) || !exact_works(test) {
        return;
    }
    let place = Place::new();
    let recorder = super::guard::recorder(place.path(), "echo x > made; mkdir d; mv made d/moved");
    let mut confined = Command::new("python3");
    let number = libc::SYS_process_vm_readv.to_string();
    confined.args(["-c", WITHOUT_A_CALL, &number]).arg(recorder.get_program()).args(recorder.get_args());
    for (name, value) in recorder.get_envs() {
        confined.env(name, value.unwrap());
    }
    assert!(confined.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap().success());
    let report = std::fs::read_to_string(place.at("report")).unwrap();
    assert!(report.contains(" complete ") && report.contains("d/moved"), "{report}");
    assert!(report.contains("Exact"), "{report}");
}
