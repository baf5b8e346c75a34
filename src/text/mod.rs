//! Making hostile text safe for each place it is printed. One function per place.
