@ disc_walk - everything on the disc, found with OpenDirectoryPath and ReadDirectory.
@
@ One line an entry: its type, its size in bytes, its path. A folder is walked as
@ soon as it has been told. The text it must print is made together with the
@ project's disc, so it prints nothing but the list unless something fails.
        .include "runtime.inc"
        .include "files.inc"

        .equ    PATH_SIZE, 128

main:   stmfd   sp!, {r4, lr}
        mov     r4, #1
        bl      OpenFileFolio
        cmp     r0, #0
        bne     9f
        mov     r4, #2
        TEXT    r0, "$boot"
        bl      walk
        cmn     r0, #1                  @ what ends a directory
        bne     9f
        ldr     r0, =folders
        ldmia   r0, {r1-r3}
        PRINT   "%d folders, %d files, %d bytes in files"
        mov     r4, #3
        TEXT    r0, "$boot/AppStartup"
        bl      OpenDirectoryPath
        cmp     r0, #0                  @ a file is no directory
        bne     9f
        mov     r4, #4
        TEXT    r0, "$boot/none"
        bl      OpenDirectoryPath
        cmp     r0, #0                  @ and nothing is none
        bne     9f
        ldmfd   sp!, {r4, pc}
9:      mov     r2, r0
        mov     r1, r4
        PRINT   "FAILED %d: %08x"
        mov     r0, r4
        ldmfd   sp!, {r4, pc}
        .ltorg

@ walk(r0 = path): tells what is in a folder; the result is what ended it
walk:   stmfd   sp!, {r4-r6, lr}
        sub     sp, sp, #DirectoryEntry_size + PATH_SIZE
        mov     r4, r0
        bl      OpenDirectoryPath
        movs    r5, r0
        moveq   r0, #0
        beq     9f
1:      mov     r0, r5
        mov     r1, sp
        bl      ReadDirectory
        cmp     r0, #0
        bne     8f

        add     r0, sp, #DirectoryEntry_size
        TEXT    r1, "%s/%s"
        mov     r2, r4
        add     r3, sp, #de_FileName
        bl      sprintf
        ldr     r1, [sp, #de_Type]      @ four characters, or none
        ldr     r0, =kind
        cmp     r1, #0
        ldreq   r1, =0x2D2D2D2D
        str     r1, [r0]
        mov     r1, r0
        ldr     r2, [sp, #de_ByteCount]
        add     r3, sp, #DirectoryEntry_size
        PRINT   "%s %6d %s"

        ldr     r0, =folders
        ldmia   r0, {r1-r3}
        ldr     r6, [sp, #de_Flags]
        tst     r6, #FILE_IS_DIRECTORY
        addne   r1, r1, #1
        addeq   r2, r2, #1
        ldreq   r12, [sp, #de_ByteCount]
        addeq   r3, r3, r12
        stmia   r0, {r1-r3}
        beq     1b
        add     r0, sp, #DirectoryEntry_size
        bl      walk
        cmn     r0, #1
        beq     1b

8:      mov     r6, r0
        mov     r0, r5
        bl      CloseDirectory
        mov     r0, r6
9:      add     sp, sp, #DirectoryEntry_size + PATH_SIZE
        ldmfd   sp!, {r4-r6, pc}

        .data
        .align  2
folders: .word  0, 0, 0                 @ folders, files, bytes
kind:   .word   0, 0                    @ the type of an entry as text
