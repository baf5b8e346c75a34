//! One file per command.

pub mod action;
mod checkout;
mod ground;

pub use checkout::Checkout;
