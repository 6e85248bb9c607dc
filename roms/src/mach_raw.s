@ mach_raw - Mach's messages word by word, without the library's routines.
@
@ Every message is a list of words in this file, as the specification prints them, and
@ so is what must come back; only names of ports and an address are filled in. The
@ device master comes from the bootstrap port; port sets, dead names, send-once
@ rights. Mach sheet 1.5, 1.6, 4.1-4.9.
        .include "runtime.inc"
        .include "mach.inc"

        .equ    ROOM, 256               @ of a message

@ In a list of words: a word of the table of names, a word to be put there, a trailer.
        .equ    GIVEN, 0xEEEE0000
        .equ    TAKEN, 0xCCCC0000
        .equ    ANY, 0xCCCCFFFF
@ The table of names.
        .equ    v_TASK, 0
        .equ    v_REPLY, 4              @ the port for replies
        .equ    v_BOOT, 8
        .equ    v_MASTER, 12
        .equ    v_HOST, 16
        .equ    v_TIMER, 20
        .equ    v_TEST, 24
        .equ    v_QUEUE, 28
        .equ    v_DATA, 32              @ an address
        .equ    v_PORT, 36              @ a port of the program's own
        .equ    v_ONCE, 40              @ a send-once right to it
        .equ    v_SET, 44
        .equ    v_SIZE, 48

@ The two lists of an exchange.
        .macro  STEP name
\name:  .word   (91f - 90f) / 4, (92f - 91f) / 4
90:
        .endm
        .macro  REPLY
91:
        .endm
        .macro  STEP_END
        .word   0, 8                    @ the trailer
92:
        .endm

@ Send, receive, compare.
        .macro  RUN name, text
        ldr     r0, =\name
        bl      exchange
        CHECK   0, "\text"
        .endm

main:   stmfd   sp!, {r4-r8, lr}
        ldr     r4, =v
        bl      mach_task_self
        str     r0, [r4, #v_TASK]
        bl      mach_reply_port
        str     r0, [r4, #v_REPLY]
        bl      mach_host_self
        str     r0, [r4, #v_HOST]

        @ ---- the vectors
        RUN     get_bootstrap, "task_get_special_port"
        RUN     get_ports, "bootstrap_ports"
        bl      device_master_self
        mov     r5, r0
        ldr     r0, [r4, #v_MASTER]
        CHECK_REG r5, "both ways give one name of the device master"
        RUN     open_timer, "device_open"
        RUN     open_test, "of another device"
        RUN     open_unknown, "of an unknown name: the error reply"
        RUN     create_queue, "io_done_queue_create"
        RUN     size_of_timer, "device_get_status"
        RUN     read_inband, "device_read_inband"
        RUN     read, "device_read"
        ldr     r5, [r4, #v_DATA]
        ldr     r0, [r5]
        CHECK   0x78000000, "its data"
        bl      mach_task_self
        CALL    vm_deallocate, r0, r5, 2048
        CHECK   KERN_SUCCESS, "is given back"
        str     sp, [r4, #v_DATA]       @ any address that can be read
        LITERALS
        RUN     write, "device_write"
        RUN     write_inband, "device_write_inband"
        RUN     set_status, "device_set_status"
        RUN     terminate, "io_done_queue_terminate"
        RUN     terminate_host, "of something that is no queue"

        @ ---- what a server refuses
        RUN     bad_id, "an id of no routine"
        RUN     short, "a request that is too short"
        RUN     no_descriptor, "one without its descriptor"
        RUN     wrong_kind, "one with a descriptor of another kind"
        RUN     too_long, "one with more than its count says"

        @ ---- what the kernel refuses
        ldr     r0, =read_inband
        bl      build
        mov     r2, #23
        bl      send
        CHECK   MACH_SEND_MSG_TOO_SMALL, "23 bytes are no message"
        ldr     r0, =read_inband
        bl      build
        mov     r1, #0x1500
        str     r1, [r0, #msgh_bits]
        bl      send
        CHECK   MACH_SEND_INVALID_HEADER, "a destination without a disposition"
        ldr     r0, =read_inband
        bl      build
        mov     r1, #MACH_MSG_TYPE_COPY_SEND
        str     r1, [r0, #msgh_bits]
        bl      send
        CHECK   MACH_SEND_INVALID_HEADER, "a reply port without one"
        LITERALS
        ldr     r0, =read_inband
        bl      build
        ldr     r1, =0x12345678
        str     r1, [r0, #msgh_remote_port]
        bl      send
        CHECK   MACH_SEND_INVALID_DEST, "a destination that stands for nothing"
        ldr     r0, =read_inband
        bl      build
        ldr     r1, =0x12345678
        str     r1, [r0, #msgh_local_port]
        bl      send
        CHECK   MACH_SEND_INVALID_REPLY, "a reply port that does"
        ldr     r0, =size_of_timer
        bl      build
        bl      send
        CHECK   MACH_MSG_SUCCESS, "a request alone"
        ldr     r0, [r4, #v_REPLY]
        mov     r1, #48
        bl      receive
        CHECK   MACH_RCV_TOO_LARGE, "room for its reply but not for the trailer"
        WORD    r0, message + msgh_size
        CHECK   48, "the reply's size is known"
        ldr     r0, [r4, #v_REPLY]
        bl      poll
        CHECK   MACH_RCV_TIMED_OUT, "the reply itself is gone"
        ldr     r0, [r4, #v_TIMER]
        mov     r1, #ROOM
        bl      receive
        CHECK   MACH_RCV_INVALID_NAME, "nothing is received from a device"
        LITERALS

        @ ---- a reply nobody wants
        ldr     r0, =open_test
        bl      build
        ldr     r1, =0x80000013
        str     r1, [r0, #msgh_bits]
        mov     r1, #0
        str     r1, [r0, #msgh_local_port]
        bl      send
        CHECK   MACH_MSG_SUCCESS, "an open without a reply port"
        RUN     close_test, "device_close"
        ldr     r0, =close_test
        bl      build
        bl      send
        CHECK   MACH_SEND_INVALID_DEST, "there was one open only"

        bl      dead_name
        bl      own_port
        bl      port_set
        PASS

@ ------------------------------------------------ a notification of a device's end
dead_name:
        stmfd   sp!, {r5, lr}
        bl      mach_reply_port
        mov     r5, r0
        str     r5, [r4, #v_PORT]
        RUN     notify_timer, "mach_port_request_notification"
        mov     r0, r5
        bl      poll
        CHECK   MACH_RCV_TIMED_OUT, "nothing has died"
        RUN     close_timer, "timer0 closes"
        mov     r0, r5
        mov     r1, #ROOM
        bl      receive
        CHECK   MACH_MSG_SUCCESS, "a message comes"
        ldr     r0, =dead_message
        bl      compare
        CHECK   0, "the notification of a dead name"
        bl      mach_task_self
        ldr     r1, [r4, #v_TIMER]
        bl      mach_port_deallocate
        CHECK   KERN_SUCCESS, "the name's own reference"
        bl      mach_task_self
        ldr     r1, [r4, #v_TIMER]
        bl      mach_port_deallocate
        CHECK   KERN_SUCCESS, "and the notification's"
        bl      mach_task_self
        CALL    mach_port_mod_refs, r0, r5, MACH_PORT_RIGHT_RECEIVE, -1
        CHECK   KERN_SUCCESS, "the port goes"
        ldmfd   sp!, {r5, pc}
        .ltorg

@ ------------------------------------------------ messages to a port of one's own
own_port:
        stmfd   sp!, {r5, lr}
        bl      mach_task_self
        ldr     r2, =v + v_PORT
        mov     r1, #MACH_PORT_RIGHT_RECEIVE
        bl      mach_port_allocate
        CHECK   KERN_SUCCESS, "a port"
        ldr     r5, [r4, #v_PORT]
        ldr     r0, =to_self
        bl      build
        bl      send
        CHECK   MACH_MSG_SUCCESS, "a message to it"
        mov     r0, r5
        mov     r1, #ROOM
        bl      receive
        CHECK   MACH_MSG_SUCCESS, "comes"
        ldr     r0, =to_self
        bl      compare
        CHECK   0, "with a send-once right to another port"
        RUN     use_once, "the right is used"
        ldr     r0, =use_once
        bl      build
        bl      send
        CHECK   MACH_SEND_INVALID_DEST, "once"
        LITERALS
        ldr     r0, =to_self
        bl      build
        bl      send
        CHECK   MACH_MSG_SUCCESS, "another such message"
        mov     r0, r5
        mov     r1, #ROOM
        bl      receive
        ldr     r0, =to_self
        bl      compare
        CHECK   0, "brings another such right"
        bl      mach_task_self
        ldr     r1, [r4, #v_ONCE]
        bl      mach_port_deallocate
        CHECK   KERN_SUCCESS, "that is thrown away"
        ldr     r0, [r4, #v_REPLY]
        mov     r1, #ROOM
        bl      receive
        CHECK   MACH_MSG_SUCCESS, "its port is told"
        ldr     r0, =once_message
        bl      compare
        CHECK   0, "with a send-once notification"
        ldmfd   sp!, {r5, pc}
        .ltorg

@ ------------------------------------------------ replies to two ports of a set
port_set:
        stmfd   sp!, {r5, r6, lr}
        RUN     open_timer, "timer0 opens again"
        bl      mach_task_self
        ldr     r2, =v + v_SET
        mov     r1, #MACH_PORT_RIGHT_PORT_SET
        bl      mach_port_allocate
        CHECK   KERN_SUCCESS, "a port set"
        bl      mach_task_self
        ldr     r1, [r4, #v_REPLY]
        ldr     r2, [r4, #v_SET]
        bl      mach_port_move_member
        CHECK   KERN_SUCCESS, "the reply port is in it"
        bl      mach_task_self
        ldr     r1, [r4, #v_PORT]
        ldr     r2, [r4, #v_SET]
        bl      mach_port_move_member
        CHECK   KERN_SUCCESS, "and the other port"
        ldr     r0, =delay_long
        bl      build
        bl      send
        mov     r5, r0
        ldr     r0, =delay_short
        bl      build
        bl      send
        orr     r0, r0, r5
        CHECK   MACH_MSG_SUCCESS, "two delays, the later one with the other port"
        ldr     r0, [r4, #v_REPLY]
        mov     r1, #ROOM
        bl      receive
        CHECK   MACH_RCV_IN_SET, "a member is not received from"
        ldr     r0, [r4, #v_SET]
        mov     r1, #ROOM
        bl      receive
        CHECK   MACH_MSG_SUCCESS, "the set is"
        ldr     r0, =delay_short
        bl      compare
        CHECK   0, "the short delay's reply"
        LITERALS
        ldr     r0, [r4, #v_SET]
        mov     r1, #ROOM
        bl      receive
        CHECK   MACH_MSG_SUCCESS, "and once more"
        ldr     r0, =delay_long
        bl      compare
        CHECK   0, "the long one's"
        bl      mach_task_self
        ldr     r1, [r4, #v_SET]
        bl      mach_port_destroy
        CHECK   KERN_SUCCESS, "the set goes"
        RUN     close_timer, "its members are ports again"
        ldmfd   sp!, {r5, r6, pc}
        .ltorg

@ ------------------------------------------------------------------ tools
@ exchange(r0 = step): r0 := 0, or the code of the trap, or what compare says
exchange:
        stmfd   sp!, {r5, lr}
        mov     r5, r0
        bl      build
        mov     r1, #MACH_SEND_MSG | MACH_RCV_MSG
        mov     r3, #ROOM
        ldr     r12, [r4, #v_REPLY]
        bl      trap
        cmp     r0, #MACH_MSG_SUCCESS
        moveq   r0, r5
        bleq    compare
        ldmfd   sp!, {r5, pc}

@ trap(r0 = message, r1 = option, r2, r3 = sizes, r12 = port to receive from)
trap:   stmfd   sp!, {r4, r5, lr}
        mov     r4, #0
        mov     r5, #0
        stmfd   sp!, {r4, r5}
        stmfd   sp!, {r4, r5}
        str     r12, [sp, #-4]!         @ name, timeout 0, notify 0, no other buffer
        bl      mach_msg_overwrite_trap
        add     sp, sp, #20
        ldmfd   sp!, {r4, r5, pc}

@ send(r0 = message, r2 = bytes), receive(r0 = port, r1 = room), poll(r0 = port)
send:   mov     r1, #MACH_SEND_MSG
        mov     r3, #0
        mov     r12, #0
        b       trap
receive:
        mov     r12, r0
        mov     r3, r1
        ldr     r0, =message
        mov     r1, #MACH_RCV_MSG
        mov     r2, #0
        b       trap
poll:   mov     r12, r0
        ldr     r0, =message
        ldr     r1, =MACH_RCV_MSG | MACH_RCV_TIMEOUT
        mov     r2, #0
        mov     r3, #ROOM
        b       trap

@ build(r0 = step, r4 = names): r0 := the message, r2 := its bytes. Destroys r1, r3, r12.
build:  ldr     r2, [r0]
        add     r1, r0, #8
        ldr     r3, =message
1:      ldr     r0, [r1], #4
        ldr     r12, =GIVEN >> 16
        cmp     r12, r0, lsr #16
        subeq   r0, r0, r12, lsl #16
        ldreq   r0, [r4, r0]
        str     r0, [r3], #4
        subs    r2, r2, #1
        bne     1b
        ldr     r0, =message
        sub     r2, r3, r0
        mov     pc, lr

@ compare(r0 = step, r4 = names): r0 := 0, or the number of the first word that is
@ not as it should be, from 1, after a line about it
compare:
        stmfd   sp!, {r5-r8, lr}
        ldr     r5, [r0]
        ldr     r6, [r0, #4]
        add     r5, r0, r5, lsl #2
        add     r5, r5, #8
        ldr     r7, =message
        mov     r8, #0
1:      add     r8, r8, #1
        ldr     r0, [r5], #4
        ldr     r1, [r7], #4
        ldr     r2, =TAKEN >> 16
        sub     r3, r0, r2, lsl #16
        cmp     r2, r0, lsr #16
        beq     3f
        ldr     r2, =GIVEN >> 16
        cmp     r2, r0, lsr #16
        subeq   r3, r0, r2, lsl #16
        ldreq   r0, [r4, r3]
        cmp     r0, r1
        bne     4f
2:      cmp     r8, r6
        blo     1b
        mov     r0, #0
        ldmfd   sp!, {r5-r8, pc}
3:      cmp     r3, #v_SIZE             @ ANY is none of them
        strlo   r1, [r4, r3]
        b       2b
4:      mov     r3, r0
        mov     r2, r1
        mov     r1, r8
        PRINT   "word %d is %08x, should be %08x"
        mov     r0, r8
        ldmfd   sp!, {r5-r8, pc}
        .ltorg

        .data
        .align  2
        .include "mach_raw.inc"
        .bss
        .align  2
v:      .space  v_SIZE
message: .space ROOM
