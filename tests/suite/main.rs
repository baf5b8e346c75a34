//! What the program does as a whole, one module for each part.

mod policy;
