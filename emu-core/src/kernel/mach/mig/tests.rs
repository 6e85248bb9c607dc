//! Messages against the golden vectors of Mach sheet 1.6.
