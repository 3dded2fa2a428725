//! Argon2id: two passwords at a time, in memory that is kept. Each takes 19 MiB and tens of
//! milliseconds; memory taken anew would stay with each thread that ever hashed.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use cunyi_domain::refusal::Code;
use cunyi_domain::time::Rng;

use crate::error::{AppError, Result, refuse};

/// Hashes at a time.
const HASHES: usize = 2;
/// Sign-ins that wait for their hash; more is a refusal in words, so that a flood of sign-ins does
/// not take the places of those who work.
const WAITING: usize = 16;

/// What a hash is made in.
type Memory = Vec<Block>;

/// The way to the hash.
pub(crate) struct Hashing {
    /// Who hashes or waits to.
    inside: Mutex<usize>,
    /// The memory of those who may begin.
    free: Mutex<Vec<Memory>>,
    freed: Condvar,
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            inside: Mutex::default(),
            free: Mutex::new(vec![Memory::new(); HASHES]),
            freed: Condvar::new(),
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place among those inside, given back even by a panic.
struct Seat<'a>(&'a Hashing);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        *held(&self.0.inside) -= 1;
    }
}

/// Memory on loan, given back even by a panic.
struct Loan<'a>(&'a Hashing, Memory);

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        held(&self.0.free).push(std::mem::take(&mut self.1));
        self.0.freed.notify_one();
    }
}

impl Hashing {
    fn with<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> Result<T> {
        let mut inside = held(&self.inside);
        if *inside == HASHES + WAITING {
            return refuse(Code::Busy);
        }
        *inside += 1;
        drop(inside);
        let _seat = Seat(self);
        let mut free = held(&self.free);
        let memory = loop {
            if let Some(memory) = free.pop() {
                break memory;
            }
            let waited = self.freed.wait(free);
            free = waited.unwrap_or_else(PoisonError::into_inner);
        };
        drop(free);
        let mut loan = Loan(self, memory);
        Ok(work(&mut loan.1))
    }

    /// A password's hash in PHC form, which names algorithm and parameters. Refused as `Busy` when
    /// too many wait.
    pub(crate) fn hash(&self, password: &str, rng: &dyn Rng) -> Result<String> {
        let mut salt = [0_u8; 16];
        rng.fill(&mut salt);
        let hashed = self.with(|memory| hashed(password, &salt, memory))?;
        hashed.ok_or_else(|| AppError::Failed("a password cannot be hashed".to_owned()))
    }

    /// True if the password is the hash's. Refused as `Busy` when too many wait.
    pub(crate) fn verify(&self, hash: &str, password: &str) -> Result<bool> {
        self.with(|memory| verified(hash, password, memory).unwrap_or(false))
    }
}

fn hashed(password: &str, salt: &[u8], memory: &mut Memory) -> Option<String> {
    let params = Params::default();
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(output(&Argon2::default(), password, salt, memory)?),
    };
    Some(hash.to_string())
}

/// Nothing where the text is no hash of ours.
fn verified(hash: &str, password: &str, memory: &mut Memory) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = Version::try_from(hash.version?).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let argon2 = Argon2::new(algorithm, version, params);
    let made = output(&argon2, password, hash.salt?.as_ref(), memory)?;
    // In constant time: `Output` compares so.
    Some(hash.hash? == made)
}

fn output(argon2: &Argon2<'_>, password: &str, salt: &[u8], memory: &mut Memory) -> Option<Output> {
    let params = argon2.params();
    let mut out = [0_u8; Output::MAX_LENGTH];
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let out = out.get_mut(..length)?;
    memory.resize(params.block_count(), Block::new());
    let made = argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, memory);
    made.ok()?;
    Output::new(out).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use argon2::password_hash::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[test]
    fn two_hash_sixteen_wait_and_the_rest_is_told() {
        let lane = Hashing::default();
        let (go, wait) = channel::<()>();
        let wait = Mutex::new(wait);
        std::thread::scope(|scope| {
            for _ in 0..HASHES + WAITING {
                scope.spawn(|| lane.with(|_| wait.lock().unwrap().recv().unwrap()).unwrap());
            }
            while *held(&lane.inside) < HASHES + WAITING {
                std::thread::yield_now();
            }
            let refused = lane.with(|_| ()).unwrap_err();
            assert!(matches!(refused, AppError::Refused(r) if r.code == Code::Busy));
            for _ in 0..HASHES + WAITING {
                go.send(()).unwrap();
            }
        });
        assert_eq!(held(&lane.free).len(), HASHES);
    }

    #[test]
    fn a_panic_gives_its_place_and_its_memory_back() {
        let lane = Hashing::default();
        for _ in 0..=HASHES {
            let work = || lane.with(|_| std::panic::panic_any("a bug"));
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            assert!(ended.is_err());
        }
        assert_eq!((*held(&lane.inside), held(&lane.free).len()), (0, HASHES));
    }

    /// What we make, and what the library makes with memory of its own, is the same.
    #[test]
    fn it_is_argon2id_as_the_library_makes_it() {
        let mut memory = Memory::new();
        let ours = hashed("竹山 2026", &[7; 16], &mut memory).unwrap();
        let library = Argon2::default().hash_password_with_salt("竹山 2026".as_bytes(), &[7; 16]);
        assert_eq!(ours, library.unwrap().to_string());
        assert!(
            ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{ours}"
        );
        let hash = PasswordHash::new(&ours).unwrap();
        let agreed = Argon2::default().verify_password("竹山 2026".as_bytes(), &hash);
        assert!(agreed.is_ok());
        // The memory is dirty by now.
        assert_eq!(verified(&ours, "竹山 2026", &mut memory), Some(true));
        assert_eq!(verified(&ours, "竹山 2027", &mut memory), Some(false));
        for other in ["", "$argon2id$", "$bcrypt$x", &ours.replace("v=19", "v=1")] {
            assert_ne!(
                verified(other, "竹山 2026", &mut memory),
                Some(true),
                "{other}"
            );
        }
    }
}
