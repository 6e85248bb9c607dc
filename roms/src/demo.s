@ demo - what `overture` shows when it is given no program.
@
@ Three threads and the main program, working together for a second of simulated
@ time:
@   worker     waits on the timer with signal-notified requests
@   clerk      keeps two requests with a reply port in flight and tells the replies
@              apart by ioi_User
@   ticker     a metronome, a beat every 200 ms, stopped with AbortIO
@   main       starts them, asks the clerk by message, waits for their ends, and then
@              shows round the disc in the drive, if there is one: the files in its
@              root, and a text that is read as a stream
@ At last it counts in NVRAM how often it was started.
@ Every line begins with the simulated time in seconds. Nothing here depends on the
@ host: two runs print the same text, microsecond for microsecond.
        .include "runtime.inc"
        .include "files.inc"

        .equ    PRIORITY, 90            @ threads, below the main program's 100
        .equ    STACK, 0x1000
        .equ    BEATS, 5
        .equ    TEXT_SIZE, 100          @ of a line of the disc's guide

main:   stmfd   sp!, {r4-r8, lr}
        SAY     "main:   hello from a 3DO program; no console ROM was needed"
        TEXT    r0, "obituaries"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        mov     r4, r0
        ldr     r0, =child_tags
        str     r4, [r0, #4]
        TEXT    r0, "answers"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        mov     r5, r0

        TEXT    r0, "worker"
        ldr     r2, =worker
        bl      start
        TEXT    r0, "clerk"
        ldr     r2, =clerk
        bl      start
        TEXT    r0, "ticker"
        ldr     r2, =ticker
        bl      start
        SAY     "main:   three threads are ready, they run as soon as I wait"

        bl      CreateTimerIOReq
        mov     r6, r0
        mov     r0, r6
        mov     r1, #3
        bl      WaitVBL
        mov     r1, r0
        SAY     "main:   three fields have passed (io_Error %d)"

        @ ---- ask the clerk how far it is, and wait for the answer
        ldr     r0, =ID_MSGPORT
        TEXT    r1, "clerk's desk"
        bl      FindNamed
        mov     r7, r0
        TEXT    r0, "question"
        mov     r1, #0
        mov     r2, r5
        bl      CreateSmallMsg
        mov     r8, r0
        mov     r0, r6
        mov     r1, #0
        ldr     r2, =300000
        bl      WaitTime
        SAY     "main:   asking the clerk: how many requests have you finished?"
        mov     r0, r7
        mov     r1, r8
        mov     r2, #0
        mov     r3, #0
        swi     SendSmallMsg
        mov     r0, r5
        mov     r1, r8
        swi     WaitPort
        FIELD   r8, msg_Result
        mov     r1, r0
        SAY     "main:   the clerk answers: %d"

        @ ---- three exit messages
        mov     r6, #3
1:      mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        bl      LookupItem
        ldr     r1, [r0, #msg_Result]
        SAY     "main:   a thread has ended with status %d"
        subs    r6, r6, #1
        bne     1b
        bl      OpenFileFolio
        bl      tour
        bl      count
        SAY     "main:   all done"
        mov     r0, #0
        ldmfd   sp!, {r4-r8, pc}
        .ltorg

@ tour(): shows round the disc
tour:   stmfd   sp!, {r4, r5, lr}
        TEXT    r0, "$boot"
        bl      OpenDirectoryPath
        movs    r4, r0
        bne     1f
        SAY     "tour:   no disc in the drive, so there is nothing to show"
        ldmfd   sp!, {r4, r5, pc}
1:      ldr     r1, =KernelBase
        ldr     r1, [r1]
        ldr     r1, [r1, #kb_BootVolumeName]
        SAY     "tour:   the disc in the drive is called '%s'; in its root are"
2:      mov     r0, r4
        ldr     r1, =entry
        bl      ReadDirectory
        cmp     r0, #0
        bne     4f
        ldr     r3, =entry
        add     r1, r3, #de_FileName
        ldr     r2, [r3, #de_ByteCount]
        ldr     r3, [r3, #de_Flags]
        tst     r3, #FILE_IS_DIRECTORY
        bne     3f
        SAY     "tour:   %-12s %6d bytes"
        b       2b
3:      SAY     "tour:   %-12s a folder"
        b       2b
4:      mov     r0, r4
        bl      CloseDirectory

        TEXT    r0, "$tour/Guide.txt"
        mov     r1, #0
        bl      OpenDiskStream
        movs    r4, r0
        bne     5f
        SAY     "tour:   this disc has no guide"
        ldmfd   sp!, {r4, r5, pc}
5:      ldr     r5, =text               @ a line of the guide
6:      mov     r0, r4
        mov     r1, r5
        mov     r2, #1
        bl      ReadDiskStream
        cmp     r0, #1
        bne     7f
        ldrb    r0, [r5], #1
        cmp     r0, #'\n'
        ldrne   r0, =text + TEXT_SIZE
        cmpne   r5, r0
        bne     6b
        mov     r0, #0
        strb    r0, [r5, #-1]
        ldr     r1, =text
        SAY     "tour:   \"%s\""
        b       5b
7:      mov     r0, r4
        bl      CloseDiskStream
        ldmfd   sp!, {r4, r5, pc}
        .ltorg

@ count(): one more start of this program on this console
count:  stmfd   sp!, {r4-r6, lr}
        ldr     r0, =saved_path
        swi     CreateFile              @ an error says that it is there already
        ldr     r0, =saved_path
        bl      OpenRequest
        cmp     r0, #0
        mov     r4, r0
        mov     r5, r1
        blt     2f
        COMMAND r5, CMD_STATUS, 0, status, FileStatus_size
        ldr     r0, =status
        ldr     r0, [r0, #fs_ByteCount]
        cmp     r0, #0
        bne     1f
        COMMAND r5, FILECMD_ALLOCBLOCKS, 4
        COMMAND r5, FILECMD_SETEOF, 4
        b       3f
1:      COMMAND r5, CMD_READ, 0, starts, 4
3:      ldr     r1, =starts
        ldr     r0, [r1]
        add     r0, r0, #1
        str     r0, [r1]
        COMMAND r5, CMD_WRITE, 0, starts, 4
        mov     r6, r0
        mov     r0, r4
        mov     r1, r5
        bl      CloseRequest
        movs    r4, r6
        bne     2f
        ldr     r1, =starts
        ldr     r1, [r1]
        SAY     "main:   starts of this program that NVRAM remembers: %d"
        ldmfd   sp!, {r4-r6, pc}
2:      mov     r1, r4
        SAY     "main:   NVRAM keeps no count: %x"
        ldmfd   sp!, {r4-r6, pc}
        .ltorg

@ start(r0 = name, r2 = code): a thread that reports its end to main
start:  mov     r1, #PRIORITY
        mov     r3, #STACK
        ldr     r12, =child_tags
        b       CreateThreadWith

@ ------------------------------------------------------------------- worker
@ One request after the other: quick, deferred, refused, aborted.
worker: stmfd   sp!, {r4, r5, lr}
        bl      CreateTimerIOReq
        mov     r4, r0

        mov     r0, r4
        ldr     r1, =read_fields
        swi     SendIO
        mov     r1, r0
        ldr     r2, =fields
        ldr     r2, [r2, #4]
        SAY     "worker: quick READ finished inside SendIO (%d): field %d"

        mov     r0, r4
        ldr     r1, =delay_50ms
        swi     SendIO
        mov     r1, r0
        SAY     "worker: SendIO(DELAY 50 ms) returns %d, the request is in progress"
        mov     r0, #SIGF_IODONE
        swi     WaitSignal
        mov     r5, r0
        FIELD   r4, io_Error
        mov     r2, r0
        mov     r1, r5
        SAY     "worker: signal %d: DELAY 50 ms finished, io_Error %d"

        mov     r0, r4
        ldr     r1, =unknown
        swi     DoIO
        mov     r1, r0
        SAY     "worker: command 99 is unknown to the timer: %x"

        mov     r0, r4
        ldr     r1, =delay_hour
        swi     SendIO
        SAY     "worker: SendIO(DELAY 1 hour), and I change my mind"
        mov     r0, r4
        swi     AbortIO
        mov     r0, r4
        swi     WaitIO
        mov     r1, r0
        SAY     "worker: AbortIO ended it early, io_Error %x"
        mov     r0, #1
        ldmfd   sp!, {r4, r5, pc}

@ -------------------------------------------------------------------- clerk
@ Two requests report to one port as messages; a third kind of message on the same
@ port is main's question.
clerk:  stmfd   sp!, {r4-r9, lr}
        TEXT    r0, "clerk's desk"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        mov     r4, r0
        mov     r0, r4
        bl      CreateTimerIOReqOn
        mov     r5, r0
        mov     r0, r4
        bl      CreateTimerIOReqOn
        mov     r6, r0
        mov     r7, #0                  @ requests finished
        mov     r8, #4                  @ requests to go
        mov     r0, r5
        ldr     r1, =delay_a
        swi     SendIO
        mov     r0, r6
        ldr     r1, =delay_b
        swi     SendIO
        SAY     "clerk:  two requests in flight: 7 fields and 150 ms"

1:      mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        mov     r9, r0
        bl      LookupItem
        ldr     r1, [r0, #msg_ReplyPort]
        cmp     r1, r4
        bne     3f                      @ not a reply to us: a question
        add     r7, r7, #1
        ldr     r1, [r0, #msg_DataPtr]  @ the request
        ldr     r2, [r0, #msg_DataSize] @ its ioi_User: the name
        ldr     r3, [r0, #msg_Result]
        mov     r9, r1
        mov     r1, r2
        mov     r2, r3
        SAY     "clerk:  message: request '%s' is back, io_Error %d"
        subs    r8, r8, #1
        beq     4f
        cmp     r8, #2                  @ start each of them once more
        blt     1b
        mov     r0, r9
        cmp     r9, r5
        ldreq   r1, =delay_a
        ldrne   r1, =delay_b2
        swi     SendIO
        b       1b

3:      mov     r0, r9
        mov     r1, r7
        mov     r2, #0
        mov     r3, #0
        swi     ReplySmallMsg
        b       1b

4:      SAY     "clerk:  nothing left to wait for"
        mov     r0, #2
        ldmfd   sp!, {r4-r9, pc}

@ ------------------------------------------------------------------- ticker
ticker: stmfd   sp!, {r4-r6, lr}
        bl      CreateTimerIOReq
        mov     r4, r0
        mov     r0, #0
        swi     AllocSignal
        mov     r5, r0
        ldr     r1, =metronome
        str     r5, [r1, #ioi_CmdOptions]
        mov     r0, r4
        swi     SendIO
        mov     r1, r5
        SAY     "ticker: metronome started, signal %x every 200 ms"
        mov     r6, #1
1:      mov     r0, r5
        swi     WaitSignal
        mov     r1, r6
        mov     r2, #BEATS
        SAY     "ticker: beat %d of %d"
        add     r6, r6, #1
        cmp     r6, #BEATS
        ble     1b
        mov     r0, r4
        swi     AbortIO
        mov     r0, r4
        swi     WaitIO
        SAY     "ticker: metronome stopped"
        mov     r0, #3
        ldmfd   sp!, {r4-r6, pc}

        .data
        .align  2
child_tags:
        .word   CREATETASK_TAG_MSGFROMCHILD, 0
        .word   TAG_END, 0
read_fields: IOINFO CMD_READ, TIMER_UNIT_VBLANK, flags=IO_QUICK, recv=fields, recvlen=8
delay_50ms:  IOINFO TIMERCMD_DELAY, TIMER_UNIT_USEC, send=ms_50, sendlen=8
delay_hour:  IOINFO TIMERCMD_DELAY, TIMER_UNIT_USEC, send=hour, sendlen=8
unknown:     IOINFO 99, TIMER_UNIT_USEC
delay_a:     IOINFO TIMERCMD_DELAY, TIMER_UNIT_VBLANK, offset=7, user=name_a
delay_b:     IOINFO TIMERCMD_DELAY, TIMER_UNIT_USEC, user=name_b, send=ms_150, sendlen=8
delay_b2:    IOINFO TIMERCMD_DELAY, TIMER_UNIT_USEC, user=name_b2, send=ms_300, sendlen=8
metronome:   IOINFO TIMERCMD_METRONOME, TIMER_UNIT_USEC, send=ms_200, sendlen=8
ms_50:  .word   0, 50000
ms_150: .word   0, 150000
ms_200: .word   0, 200000
ms_300: .word   0, 300000
hour:   .word   3600, 0
name_a: .asciz  "7 fields"
name_b: .asciz  "150 ms"
name_b2: .asciz "300 ms"
saved_path: .asciz "/NVRAM/demo"
        .bss
        .align  2
fields: .space  8
entry:  .space  DirectoryEntry_size
status: .space  FileStatus_size
starts: .space  4
text:   .space  TEXT_SIZE
