"""Changes files in as many ways as Python has; the working directory is the stage."""
import ctypes
import mmap
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading


def write(path, text="x", mode="w", **how):
    with open(path, mode, **how) as file:
        file.write(text)


def atomic_replacements():
    for number in range(50):
        handle, path = tempfile.mkstemp(dir=".")
        os.write(handle, b"data%d" % number)
        os.close(handle)
        os.replace(path, "atomic%d" % (number % 10))


def temporary_files():
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"1")
    with tempfile.TemporaryDirectory() as directory:
        for number in range(5):
            write(os.path.join(directory, "q%d" % number))
    with tempfile.TemporaryFile(dir=".") as file:
        file.write(b"unnamed")


def directories():
    os.makedirs("p/q/r", exist_ok=True)
    write("p/q/r/f")
    os.rename("p/q", "p/q2")
    write("p/q2/r/g")
    shutil.copytree("p", "pc")
    shutil.rmtree("pc/q2/r")
    shutil.move("p/q2/r/g", "moved")
    os.rename("dirA", "dirB")
    write("dirB/new")
    write("dirB/old", "more", "a")


def links():
    os.symlink("keep", "sl")
    write("sl", "via symlink", "a")
    os.link("keep", "hl")
    write("hl", "via hard link", "a")


def descriptors():
    directory = os.open("p", os.O_RDONLY)
    os.rename("atomic1", "by_dirfd", dst_dir_fd=directory)
    os.close(os.open("short_lived", os.O_CREAT | os.O_WRONLY, dir_fd=directory))
    os.unlink("short_lived", dir_fd=directory)
    again = os.open("/proc/self/fd/%d/by_proc" % directory, os.O_CREAT | os.O_WRONLY)
    os.write(again, b"x")
    unnamed = os.open(".", os.O_TMPFILE | os.O_RDWR)
    os.write(unnamed, b"t")
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.linkat(-100, b"/proc/self/fd/%d" % unnamed, -100, b"from_tmpfile", 0x400) == 0
    reader = os.open("premm", os.O_RDONLY)
    write("/proc/self/fd/%d" % reader, "reopened", "r+")


def content():
    with open("premm", "r+b") as file, mmap.mmap(file.fileno(), 0) as view:
        view[100:104] = b"ABCD"
    os.truncate("pretrunc", 1)
    open("preunch", "r+").close()
    os.unlink("predel")
    os.rename("preren", "renamed")
    os.chmod("prechmod", 0o600)
    os.mkfifo("ff")
    with sqlite3.connect("db.sqlite") as database:
        database.execute("create table t(a)")
        database.executemany("insert into t values(?)", [(n,) for n in range(100)])


def failures():
    for attempt in (lambda: os.mkdir("p"), lambda: write("nodir/x"), lambda: os.unlink("absent"),
                    lambda: os.rename("absent", "m2"), lambda: os.rename("keep", "p"), lambda: os.rmdir("p")):
        try:
            attempt()
        except OSError:
            pass


def others():
    endpoint = socket.socket(socket.AF_UNIX)
    endpoint.bind("sock")
    child = os.fork()
    if child == 0:
        os.chdir("p")
        write("child_relative")
        os._exit(0)
    os.waitpid(child, 0)
    subprocess.run(["/bin/sh", "-c", "echo hi > spawned"], check=True)
    threads = [threading.Thread(target=write, args=("thread%d" % number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


for act in (atomic_replacements, temporary_files, directories, links, descriptors, content, failures, others):
    act()
