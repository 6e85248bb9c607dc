@ services - the kernel's smaller calls.
@
@ Error texts (check 45), system version, divide helpers, memory headers, limits of
@ new tasks, SetItemPri, SetItemOwner, ControlMem.
        .include "runtime.inc"

        .equ    OS_VERSION, 0x18E1      @ 24.225
        .equ    BUFFER, 64
        .equ    MEMC_NOWRITE, 1
        .equ    MEMC_OKWRITE, 2
        .equ    DRAM_TYPES, 0x003E0000

@ r0 := result of creating a thread with a priority, a stack and one more tag list
        .macro  TRY_THREAD priority, stack, tags
        TEXT    r0, "refused"
        mov     r1, #\priority
        ldr     r2, =idler
        mov     r3, #\stack
        ldr     r12, =\tags
        bl      CreateThreadWith
        .endm

main:   stmfd   sp!, {r4-r8, lr}
        mov     r0, #0
        swi     DiscOsVersion
        CHECK   OS_VERSION, "DiscOsVersion"
        swi     MayGetChar
        CHECK   -1, "MayGetChar: nobody types"

        @ ---- check 45
        ldr     r0, =buffer
        mov     r1, #BUFFER
        ldr     r2, =BADITEM
        VECTOR  KBV_GetSysErr
        mov     r4, r0
        cmp     r4, #4
        CHECK_IF gt, "GetSysErr gives a text"
        ldr     r0, =buffer
        ldr     r0, [r0]
        CHECK   0x464B722D, "which starts with FKr-"
        ldr     r0, =buffer
        ldrb    r0, [r0, r4]
        CHECK   0, "and ends where the result says"
        ldr     r0, =buffer
        mov     r1, #4
        ldr     r2, =BADITEM
        VECTOR  KBV_GetSysErr
        CHECK   3, "four bytes of room: three characters"
        ldr     r0, =buffer
        mov     r1, #0
        ldr     r2, =BADITEM
        VECTOR  KBV_GetSysErr
        CHECK   0, "no room: nothing"

        @ ---- divide helpers: r0 divisor, r1 dividend
        mov     r0, #7
        mov     r1, #100
        VECTOR  KBV_udiv
        mov     r4, r1
        CHECK   14, "100 / 7"
        mov     r0, r4
        CHECK   2, "remainder"
        mov     r0, #7
        mvn     r1, #99                 @ -100
        VECTOR  KBV_sdiv
        mov     r4, r1
        CHECK   -14, "-100 / 7"
        mov     r0, r4
        CHECK   -2, "remainder with the sign of the dividend"

        @ ---- memory headers
        ldr     r0, =buffer
        VECTOR  KBV_FindMH
        ldr     r0, [r0, #memh_Types]
        CHECK   DRAM_TYPES, "this program lies in DRAM"
        mov     r0, #0x03400000
        VECTOR  KBV_FindMH
        CHECK   0, "hardware is no memory"

        @ ---- what a new task may not have
        TRY_THREAD 5, 0x400, none
        CHECK   ER_Kr_BadPriority, "priority 5"
        TRY_THREAD 200, 0x400, none
        CHECK   ER_Kr_BadPriority, "priority 200"
        TRY_THREAD 50, 64, none
        CHECK   ER_Kr_BadStackSize, "stack of 64 bytes"
        TRY_THREAD 50, 0x400, quick_turns
        CHECK   ER_Kr_BadQuanta, "quantum of 100 us"

        @ ---- SetItemPri
        MY_ITEM
        mov     r4, r0
        mov     r1, #110
        swi     SetItemPri
        CHECK   100, "SetItemPri of myself returns the old priority"
        mov     r0, r4
        mov     r1, #100
        swi     SetItemPri
        CHECK   110, "and back"
        mov     r0, r4
        mov     r1, #5
        swi     SetItemPri
        CHECK   ER_Kr_BadPriority, "priority 5"
        TEXT    r0, "idler"
        mov     r1, #50
        ldr     r2, =idler
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r5, "thread of priority 50 created"
        mov     r0, r5
        mov     r1, #60
        swi     SetItemPri
        mov     r6, r0
        mov     r1, r0                  @ quirk setitempri-result: the target's old
        PRINT   "SetItemPri of a thread returns %d"
        cmp     r6, #50                 @ priority as published, the caller's as
        cmpne   r6, #100                @ shipped
        CHECK_IF eq, "one of the two known answers"
        mov     r0, r5
        bl      LookupItem
        ldrb    r0, [r0, #n_Priority]
        CHECK   60, "the thread has its new priority"
        mov     r0, r5
        mov     r1, #150
        swi     SetItemPri
        ldr     r0, =ran
        ldr     r0, [r0]
        CHECK   1, "raised above this task it runs at once"
        LITERALS

        @ ---- SetItemOwner
        TEXT    r0, "gift"
        mov     r1, #0
        bl      CreateSemaphore
        NEW_ITEM r6, "semaphore created"
        mov     r0, r6
        mov     r1, #50
        swi     SetItemPri
        CHECK   BADSUBTYPE, "only tasks have a priority to set"
        mov     r0, r6
        mov     r1, r5
        swi     SetItemOwner
        CHECK   0, "SetItemOwner to the thread"
        FIELD   r6, n_Owner
        CHECK_REG r5, "n_Owner"
        mov     r0, r6
        mov     r1, r4
        swi     SetItemOwner
        CHECK   BADPRIV, "what is given away is given away"
        TEXT    r0, "no gift"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r7, "port created"
        mov     r0, r7
        mov     r1, r5
        swi     SetItemOwner
        CHECK   NOSUPPORT, "a port cannot be given"

        @ ---- ControlMem
        ldr     r0, =buffer
        mov     r1, #0
        mov     r2, #MEMC_NOWRITE
        mov     r3, r4
        swi     ControlMem
        CHECK   0, "ControlMem of nothing"
        ldr     r0, =KernelBase
        ldr     r0, [r0]
        mov     r1, #4
        mov     r2, #MEMC_OKWRITE
        mov     r3, r4
        swi     ControlMem
        CHECK   BADPTR, "ControlMem of the kernel's memory"
        ldr     r0, =buffer
        mov     r1, #4
        mov     r2, #9
        mov     r3, r4
        swi     ControlMem
        CHECK   ER_Kr_BadMemCmd, "unknown command"
        ldr     r0, =buffer
        mov     r1, #4
        mov     r2, #MEMC_OKWRITE
        mov     r3, #0
        swi     ControlMem
        CHECK   ER_Kr_BadMemCmd, "OKWRITE for everybody"
        PASS

idler:  ldr     r0, =ran
        mov     r1, #1
        str     r1, [r0]
1:      mov     r0, #0
        swi     WaitSignal
        b       1b

        .data
        .align  2
none:   .word   TAG_END, 0
quick_turns:
        .word   CREATETASK_TAG_MAXQ, 100
        .word   TAG_END, 0
        .bss
        .align  2
ran:    .space  4
buffer: .space  BUFFER
