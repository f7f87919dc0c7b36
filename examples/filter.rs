use std::io::{Read, Write};
fn main() {
    let t0 = std::time::Instant::now();
    let r = ledger_run::redact::Redactor::builder().build();
    let _ = r.text("true");
    let t1 = t0.elapsed();
    let mut s = r.stream();
    let mut buf = vec![0u8; 65536];
    let mut out = Vec::new();
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input).unwrap();
    let t = std::time::Instant::now();
    let mut o = std::io::stdout().lock();
    let quiet = std::env::args().nth(1).as_deref() == Some("-q");
    for chunk in input.chunks(65536) {
        s.push(chunk, &mut out);
        if !quiet {
            o.write_all(&out).unwrap();
        }
        out.clear();
    }
    s.flush(&mut out);
    if !quiet {
        o.write_all(&out).unwrap();
    }
    let _ = &mut buf;
    let d = t.elapsed();
    eprintln!(
        "start {:?} {} MB in {:?}: {:.0} MB/s",
        t1,
        input.len() / 1_000_000,
        d,
        input.len() as f64 / 1e6 / d.as_secs_f64()
    );
    for (k, v) in r.counts() {
        eprintln!("{v:8} {k}");
    }
}
