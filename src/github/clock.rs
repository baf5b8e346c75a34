//! The time, handed in, so that tests neither wait nor depend on it.

use std::rc::Rc;
use std::time::Duration;

/// The time, and waiting for it to pass; tests bring their own.
pub trait Clock {
    /// Seconds of the epoch.
    fn now(&self) -> i64;
    /// Waits.
    fn pause(&self, time: Duration);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        chrono::Utc::now().timestamp()
    }

    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

impl<T: Clock + ?Sized> Clock for Rc<T> {
    fn now(&self) -> i64 {
        (**self).now()
    }

    fn pause(&self, time: Duration) {
        (**self).pause(time);
    }
}
