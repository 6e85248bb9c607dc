@ pad_echo - says what pads, mice, guns and sticks do.
@
@ Asks the event broker for its pods, listens to all of them, and prints every event
@ as a line until a pad's Start button is pressed. It does nothing by itself: somebody,
@ or a script, has to press something.
        .include "runtime.inc"

        .equ    EB_Configure,           1
        .equ    EB_DescribePods,        27
        .equ    LC_Observer,            2
        .equ    ControlStart,           0x01000000
        .equ    ControlButtonPressed,   1
        .equ    ControlPortChange,      69
        .equ    EventQueueOverflow,     72
        @ pressed and released of all, moved of mice and sticks, tracking of guns
        .equ    TRIGGERS,               0xCD000D68
        .equ    SYSTEM_TRIGGERS,        0x04800000 @ port change, overflow
        .equ    QUEUE,                  20
        .equ    ROOM,                   512

main:   stmfd   sp!, {r4-r8, lr}
        ldr     r0, =ID_MSGPORT
        TEXT    r1, "eventbroker"
        bl      FindNamed
        NEW_ITEM r4, "the event broker is found"
        TEXT    r0, "echo"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r5, "a port for its answers"
        TEXT    r0, "request"
        mov     r1, #0
        mov     r2, r5
        mov     r3, #ROOM
        bl      CreateBufferedMsg
        NEW_ITEM r6, "a message to ask with"
        bl      count_pods
        ldr     r0, =configuration
        mov     r1, #ConfigurationRequest_size
        bl      ask
        CHECK   0, "the broker accepts a listener"

next:   mov     r0, r5
        mov     r1, #0
        swi     WaitPort
        mov     r7, r0
        FIELD   r7, msg_DataPtr
        bl      tell_frames
        mov     r8, r0
        mov     r0, r7
        mov     r1, #0
        mov     r2, #0
        mov     r3, #0
        swi     ReplyMsg
        cmp     r8, #0
        blt     changed
        beq     next
        PASS
changed:
        bl      count_pods
        b       next

@ ask(r0 = data, r1 = bytes): sends the request and waits for its answer; r0 := result
ask:    stmfd   sp!, {lr}
        mov     r2, r0
        mov     r3, r1
        mov     r0, r4
        mov     r1, r6
        swi     SendMsg
        mov     r0, r5
        mov     r1, r6
        swi     WaitPort
        FIELD   r6, msg_Result
        ldmfd   sp!, {pc}

@ count_pods(): prints what is plugged in
count_pods:
        stmfd   sp!, {r4-r8, lr}
        ldr     r0, =describe
        mov     r1, #EventBrokerHeader_size
        bl      ask
        CHECK   0, "the broker describes its pods"
        FIELD   r6, msg_DataPtr
        ldr     r7, [r0, #4]            @ how many
        add     r8, r0, #8
1:      subs    r7, r7, #1
        ldmltfd sp!, {r4-r8, pc}
        ldrb    r1, [r8, #pod_Number]
        ldr     r2, [r8, #pod_Type]
        ldr     r3, [r8, #pod_Flags]
        PRINT   "pod %d: type %02x, flags %08x"
        add     r8, r8, #PodDescription_size
        b       1b

@ tell_frames(r0 = data of an event message): a line for each; r0 := 1 when Start was
@ pressed, -1 when the pods have changed, else 0
tell_frames:
        stmfd   sp!, {r4-r8, lr}
        add     r4, r0, #EventBrokerHeader_size
        mov     r8, #0
1:      ldr     r5, [r4, #ef_ByteCount]
        cmp     r5, #0
        moveq   r0, r8
        ldmeqfd sp!, {r4-r8, pc}
        ldrb    r6, [r4, #ef_EventNumber]
        ldr     r0, [r4, #EventFrameHeader_size]
        cmp     r6, #ControlButtonPressed
        tsteq   r0, #ControlStart       @ Z clear: it is that button
        bne     2f
        b       3f
2:      cmp     r6, #ControlButtonPressed
        moveq   r8, #1
3:      cmp     r6, #ControlPortChange
        mvneq   r8, #0
        ldr     r7, =lines
4:      ldr     r0, [r7], #8
        cmp     r0, #0
        beq     5f                      @ an event without a line
        cmp     r0, r6
        bne     4b
        mov     r0, r4
        ldr     r1, [r7, #-4]
        bl      tell
5:      add     r4, r4, r5
        b       1b

@ tell(r0 = frame, r1 = format): prints rank, buttons, and up to three numbers
tell:   stmfd   sp!, {r4-r6, lr}
        mov     r4, r0
        mov     r5, r1
        ldr     r6, =values
        mov     r1, #0
        mov     r2, #0
1:      str     r1, [r6, r2]            @ what a frame lacks is 0
        add     r2, r2, #4
        cmp     r2, #16
        blt     1b
        ldr     r0, [r4, #ef_ByteCount]
        sub     r0, r0, #EventFrameHeader_size
        add     r3, r4, #EventFrameHeader_size
2:      subs    r0, r0, #4
        ldrge   r1, [r3, r0]
        strge   r1, [r6, r0]
        bgt     2b
        ldrb    r1, [r4, #ef_GenericPosition]
        ldr     r2, [r6]
        ldr     r3, [r6, #4]
        ldr     r0, [r6, #12]
        str     r0, [sp, #-4]!
        ldr     r0, [r6, #8]
        str     r0, [sp, #-4]!
        mov     r0, r5
        bl      printf
        add     sp, sp, #8
        ldmfd   sp!, {r4-r6, pc}
        .ltorg

        .macro  LINE number, text
        .pushsection .rodata
.Lline\@: .asciz "\text\n"
        .popsection
        .word   \number, .Lline\@
        .endm

        .data
        .align  2
describe:
        .word   EB_DescribePods
configuration:
        .word   EB_Configure, LC_Observer
        .word   TRIGGERS, 0, SYSTEM_TRIGGERS, 0, 0, 0, 0, 0
        .space  32
        .word   QUEUE
        .space  32
lines:  LINE    1, "pad %d pressed %08x"
        LINE    2, "pad %d released %08x"
        LINE    5, "mouse %d pressed %08x at %d, %d"
        LINE    6, "mouse %d released %08x at %d, %d"
        LINE    8, "mouse %d moved, buttons %08x, to %d, %d"
        LINE    21, "gun %d pressed %08x, counter %d, lines %d"
        LINE    22, "gun %d released %08x, counter %d, lines %d"
        LINE    24, "gun %d fires, buttons %08x, counter %d, lines %d"
        LINE    26, "stick %d pressed %08x at %d, %d, %d"
        LINE    27, "stick %d released %08x at %d, %d, %d"
        LINE    29, "stick %d moved, buttons %08x, to %d, %d, %d"
        LINE    ControlPortChange, "the control port has changed"
        LINE    EventQueueOverflow, "events were lost"
        .word   0
        .bss
        .align  2
values: .space  16
