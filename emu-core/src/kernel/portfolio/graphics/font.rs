//! The project's own font.
