@ messages - ports and the three kinds of message.
@
@ Possession (check 36), priority order in a port (37), buffered messages copied
@ both ways (38), small messages, reply fields and flags, a server thread.
        .include "runtime.inc"

        .equ    CAPACITY, 16
        .equ    WITHOUT_ANSWER, -1      @ GetThisMsg of a message on no port

@ r0 := sent and replied flags of a message
        .macro  MSG_FLAGS item
        mov     r0, \item
        bl      LookupItem
        ldrb    r0, [r0, #n_Flags]
        and     r0, r0, #MESSAGE_SENT | MESSAGE_REPLIED
        .endm

main:   stmfd   sp!, {r4-r9, lr}
        TEXT    r0, "inbox"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r4, "inbox created"
        TEXT    r0, "replies"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r5, "reply port created"

        @ ---- standard messages: m (10), n (20), o (10)
        TEXT    r0, "m"
        mov     r1, #10
        mov     r2, r5
        bl      CreateMsg
        NEW_ITEM r6, "message m, priority 10"
        TEXT    r0, "n"
        mov     r1, #20
        mov     r2, r5
        bl      CreateMsg
        NEW_ITEM r7, "message n, priority 20"
        TEXT    r0, "o"
        mov     r1, #10
        mov     r2, r5
        bl      CreateMsg
        NEW_ITEM r8, "message o, priority 10"

        mov     r0, r6
        swi     GetThisMsg
        CHECK   WITHOUT_ANSWER, "GetThisMsg of a message on no port"
        mov     r0, r4
        mov     r1, r6
        ldr     r2, =payload
        mov     r3, #8
        swi     SendMsg
        CHECK   0, "m sent"
        mov     r0, r4                  @ check 36
        mov     r1, r6
        ldr     r2, =payload
        mov     r3, #8
        swi     SendMsg
        CHECK   NOTOWNER, "m sent again before the reply"
        MSG_FLAGS r6
        CHECK   MESSAGE_SENT, "m is marked as sent"
        mov     r0, r4
        mov     r1, r7
        mov     r2, #0
        mov     r3, #0
        swi     SendMsg
        CHECK   0, "n sent"
        mov     r0, r4
        mov     r1, r8
        mov     r2, #0
        mov     r3, #0
        swi     SendMsg
        CHECK   0, "o sent"

        mov     r0, r4                  @ check 37
        swi     GetMsg
        CHECK_REG r7, "the highest priority comes out first"
        mov     r0, r4
        swi     GetMsg
        CHECK_REG r6, "then the older of two equals"
        mov     r0, r4
        swi     GetMsg
        CHECK_REG r8, "then the younger"
        mov     r0, r4
        swi     GetMsg
        CHECK   0, "then nothing"

        MSG_FLAGS r6
        CHECK   0, "fetching clears the marks"
        MY_ITEM
        mov     r9, r0
        FIELD   r6, msg_MsgPort
        CHECK_REG r9, "a fetched message is held by the task"
        FIELD   r6, msg_DataPtr
        ldr     r9, =payload
        CHECK_REG r9, "a standard message carries the pointer itself"

        mov     r0, r6
        mov     r1, #77
        ldr     r2, =payload
        mov     r3, #4
        swi     ReplyMsg
        CHECK   0, "m replied"
        MSG_FLAGS r6
        CHECK   MESSAGE_SENT | MESSAGE_REPLIED, "and marked as that"
        mov     r0, r6
        swi     GetThisMsg
        CHECK_REG r6, "GetThisMsg takes it off the reply port"
        FIELD   r6, msg_Result
        CHECK   77, "msg_Result"
        FIELD   r6, msg_DataSize
        CHECK   4, "msg_DataSize of the reply"
        LITERALS

        @ ---- small
        TEXT    r0, "small"
        mov     r1, #0
        mov     r2, r5
        bl      CreateSmallMsg
        NEW_ITEM r6, "small message created"
        mov     r0, r4
        mov     r1, r6
        ldr     r2, =0x11223344
        mvn     r3, #0
        swi     SendSmallMsg
        CHECK   0, "small message sent"
        mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        CHECK_REG r6, "WaitPort gives it at once"
        FIELD   r6, msg_DataPtr
        CHECK   0x11223344, "first value"
        FIELD   r6, msg_DataSize
        CHECK   -1, "second value"
        mov     r0, r6
        mov     r1, #0
        mov     r2, #5
        mov     r3, #6
        swi     ReplySmallMsg
        CHECK   0, "small message replied"
        mov     r0, r5
        mov     r1, r6
        swi     WaitPort
        CHECK_REG r6, "WaitPort for this message"
        FIELD   r6, msg_DataSize
        CHECK   6, "the reply's second value"

        @ ---- buffered (check 38)
        TEXT    r0, "buffered"
        mov     r1, #0
        mov     r2, r5
        mov     r3, #CAPACITY
        bl      CreateBufferedMsg
        NEW_ITEM r6, "buffered message created"
        mov     r0, r4
        mov     r1, r6
        ldr     r2, =payload
        mov     r3, #CAPACITY + 1
        swi     SendMsg
        CHECK   ER_Kr_BadSize, "one byte more than fits"
        mov     r0, r4
        mov     r1, r6
        ldr     r2, =payload
        mov     r3, #12
        swi     SendMsg
        CHECK   0, "12 bytes sent"
        ldr     r1, =payload            @ what is changed now must not arrive
        mov     r0, #0
        str     r0, [r1]
        mov     r0, r4
        swi     GetMsg
        CHECK_REG r6, "buffered message fetched"
        mov     r0, r6
        bl      LookupItem
        add     r7, r0, #Message_size
        ldr     r0, [r0, #msg_DataPtr]
        CHECK_REG r7, "its data are in the message itself"
        ldr     r0, [r7]
        CHECK   0x41424344, "a copy from the time of sending"
        FIELD   r6, msg_DataSize
        CHECK   12, "12 bytes"
        mov     r0, r6
        mov     r1, #0
        ldr     r2, =answer
        mov     r3, #CAPACITY
        swi     ReplyMsg
        CHECK   0, "16 bytes back"
        mov     r0, r5
        swi     GetMsg
        CHECK_REG r6, "reply fetched"
        ldr     r0, [r7, #12]
        CHECK   0x61626364, "the reply is a copy too"

        @ ---- errors
        TEXT    r0, "no reply port"
        PUSH_END
        PUSH_TAG TAG_ITEM_NAME, r0
        CREATE  ID_MESSAGE, 2
        CHECK   ER_Kr_ReplyPortNeeded, "a message needs a reply port"
        mov     r0, #0
        mov     r1, r6
        mov     r2, #0
        mov     r3, #0
        swi     SendMsg
        CHECK   BADITEM, "SendMsg to nowhere"

        @ ---- a thread that answers
        TEXT    r0, "server"
        mov     r1, #120
        ldr     r2, =server
        mov     r3, #0x800
        bl      CreateThread
        NEW_ITEM r8, "server thread created"
        ldr     r0, =ID_MSGPORT
        TEXT    r1, "COUNTER"
        bl      FindNamed
        NEW_ITEM r9, "its port found by name"
        mov     r0, r9
        swi     GetMsg
        CHECK   NOTOWNER, "only the owner may fetch from it"
        TEXT    r0, "question"
        mov     r1, #0
        mov     r2, r5
        bl      CreateSmallMsg
        mov     r6, r0
        mov     r7, #40
1:      mov     r0, r9
        mov     r1, r6
        mov     r2, r7
        mov     r3, #0
        swi     SendSmallMsg
        CHECK   0, "question sent"
        mov     r0, r5
        mov     r1, r6
        swi     WaitPort
        CHECK_REG r6, "answer received"
        add     r7, r7, #1
        FIELD   r6, msg_Result
        CHECK_REG r7, "one more than asked"
        cmp     r7, #42
        blt     1b
        PASS

@ answers every small message with its first value plus one
server: stmfd   sp!, {r4, r5, lr}
        TEXT    r0, "counter"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        mov     r4, r0
1:      mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        mov     r5, r0
        bl      LookupItem
        ldr     r1, [r0, #msg_DataPtr]
        add     r1, r1, #1
        mov     r0, r5
        mov     r2, #0
        mov     r3, #0
        swi     ReplySmallMsg
        b       1b

        .data
        .align  2
payload: .ascii "ABCDEFGHIJKLMNOPQRST"
        .align  2
answer: .ascii  "ABCDEFGHIJKLabcd"
