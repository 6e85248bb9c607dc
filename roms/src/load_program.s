@ load_program - programs loaded from the disc.
@
@ A child runs when its parent waits, or at once if its priority is higher; its end
@ is a signal to the parent. What is no program, and what is not there, is refused.
        .include "runtime.inc"
        .include "files.inc"

main:   stmfd   sp!, {r4, lr}
        bl      OpenFileFolio
        CHECK   0, "the File folio opens"

        TEXT    r0, "$boot/Programs/hello one two"
        bl      LoadProgram
        NEW_ITEM r4, "LoadProgram by a whole path"
        bl      await
        TEXT    r0, "Programs"
        swi     ChangeDirectory
        cmp     r0, #0
        CHECK_IF gt, "ChangeDirectory"
        TEXT    r0, "hello"
        bl      LoadProgram
        NEW_ITEM r4, "LoadProgram in the current directory"
        mov     r0, r4
        bl      LookupItem
        ldrb    r0, [r0, #n_Priority]
        CHECK   100, "a child has its parent's priority"
        bl      await
        TEXT    r0, "hello"
        mov     r1, #150
        bl      LoadProgramPrio
        mov     r4, r0
        PRINT   "back from LoadProgramPrio"
        bl      await

        TEXT    r0, "$boot/Texts/License.txt"
        bl      LoadProgram
        CHECK   BADAIF, "a text is no program"
        TEXT    r0, "nothing"
        bl      LoadProgram
        CHECK   FS_NoFile, "nothing is no program"
        TEXT    r0, "hello/hello"
        bl      LoadProgram
        CHECK   FS_NotADirectory, "a program is no directory"
        PASS

@ await(): the child in r4 ends
await:  stmfd   sp!, {lr}
        PRINT   "waiting for the child"
        mov     r0, #SIGF_DEADTASK
        swi     WaitSignal
        CHECK   SIGF_DEADTASK, "the end of a child is a signal"
        mov     r0, r4
        bl      LookupItem
        CHECK   0, "its item is gone"
        ldmfd   sp!, {pc}
