//! The ledger: appending, crashing, racing, failing disks; each checked by an oracle that shares no code with it.

mod append;
mod crash;
mod crowd;
mod faults;
mod garbage;
mod harness;
mod helper;
