//! A year replayed under policies: one thread reads blocks, the others decode, replay and add up.
//! What comes out is sums, so neither the number of threads nor where blocks end changes it.

mod tally;
#[cfg(test)]
mod tests;

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use cunyi_policy::Policy;
use cunyi_policy::columns::{Replay, Shares};

pub use tally::{AgeBand, Group, Owed, Reason, Spread, Sums, Tally};

use crate::year::{Block, Counts, Head, RawBlock, ReadError, Reader};

/// Blocks that wait for each thread: enough that none waits for the disk.
const WAITING: usize = 2;

/// What a thread needs beside its blocks.
struct Worker<'a> {
    head: &'a Head,
    replays: Vec<Replay>,
    shares: Vec<Shares>,
    block: Block,
    tally: Tally,
    counts: Counts,
}

impl<'a> Worker<'a> {
    fn new(head: &'a Head, policies: &[&Policy]) -> Self {
        let replays = policies.iter();
        let replays = replays.map(|policy| Replay::new(policy, head.year, head.kinds.clone()));
        Self {
            head,
            replays: replays.collect(),
            shares: vec![Shares::default(); policies.len()],
            block: Block::default(),
            tally: Tally::new(head, policies.len()),
            counts: Counts::default(),
        }
    }

    fn add(&mut self, raw: &RawBlock) -> Result<(), ReadError> {
        self.counts += raw.decode(self.head, &mut self.block)?;
        for (replay, shares) in self.replays.iter_mut().zip(&mut self.shares) {
            replay.run(&self.block, shares);
        }
        self.tally.add(&self.block, &self.shares);
        Ok(())
    }

    /// Takes blocks until there are no more; gives their buffers back.
    fn work(
        mut self,
        full: &Mutex<Receiver<RawBlock>>,
        empty: &Sender<RawBlock>,
        stop: &AtomicBool,
    ) -> Result<(Tally, Counts), ReadError> {
        loop {
            let next = full.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(raw) = next else {
                return Ok((self.tally, self.counts));
            };
            if let Err(error) = self.add(&raw) {
                stop.store(true, Ordering::Relaxed);
                return Err(error);
            }
            // Nobody takes it back once all is read.
            let _ = empty.send(raw);
        }
    }
}

/// Replays a file under each policy on so many threads. `progress` is told how many bytes are read.
///
/// # Errors
/// When the file is not sound: the first place where it is not.
pub fn replay<R: Read>(
    reader: &mut Reader<R>,
    policies: &[&Policy],
    threads: usize,
    progress: &mut dyn FnMut(u64),
) -> Result<(Tally, Counts), ReadError> {
    let head = reader.head().clone();
    let threads = threads.max(1);
    let stop = AtomicBool::new(false);
    let (full, blocks) = sync_channel(threads * WAITING);
    let (empty, buffers) = channel();
    let blocks = Arc::new(Mutex::new(blocks));
    let (read, done) = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let worker = Worker::new(&head, policies);
                let (blocks, empty, stop) = (Arc::clone(&blocks), empty.clone(), &stop);
                scope.spawn(move || worker.work(&blocks, &empty, stop))
            })
            .collect();
        // When all threads have failed nobody receives, and sending ends.
        drop(blocks);
        let read = (|| {
            while !stop.load(Ordering::Relaxed) {
                let mut raw: RawBlock = buffers.try_recv().unwrap_or_default();
                if !reader.next_block(&mut raw)? || full.send(raw).is_err() {
                    break;
                }
                progress(reader.offset());
            }
            Ok(())
        })();
        drop(full);
        let done = workers.into_iter().map(thread::ScopedJoinHandle::join);
        let done: Vec<_> = done.collect();
        (read, done)
    });
    let mut tally = Tally::new(&head, policies.len());
    let mut counts = Counts::default();
    let mut errors: Vec<ReadError> = read.err().into_iter().collect();
    for one in done {
        match one {
            Ok(Ok((part, found))) => {
                tally.merge(part);
                counts += found;
            }
            Ok(Err(error)) => errors.push(error),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    match errors.into_iter().min_by_key(|error| error.offset) {
        Some(first) => Err(first),
        None => reader.agrees(counts).map(|()| (tally, counts)),
    }
}
