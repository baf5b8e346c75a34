//! The only code that reads the outside world: work tree, git objects, platform. Plan -> Evidence.
