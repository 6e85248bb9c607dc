@ spin - a loop without an end and without a system call: only a limit stops it.
        .include "runtime.inc"

main:   PRINT   "spin: round and round"
1:      b       1b
