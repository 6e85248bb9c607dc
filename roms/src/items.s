@ items - numbers, names and tag lists.
@
@ Generations (check 12), TAG_JUMP and TAG_NOP (13), unique names (14), names in
@ any case (15), other tasks' items (16), and the errors of tag processing.
        .include "runtime.inc"

        .equ    GENERATION, 0x10000     @ lowest bit of an item's generation

@ r0 := CreateItem(id, tag list)
        .macro  CREATE_WITH id, tags
        ldr     r0, =\id
        ldr     r1, =\tags
        mov     r2, #0
        swi     CreateSizedItem
        .endm

main:   stmfd   sp!, {r4-r8, lr}
        @ ---- check 12
        TEXT    r0, "first"
        mov     r1, #0
        bl      CreateSemaphore
        NEW_ITEM r4, "item created"
        mov     r0, r4
        swi     DeleteItem
        CHECK   0, "item deleted"
        TEXT    r0, "second"
        mov     r1, #0
        bl      CreateSemaphore
        NEW_ITEM r5, "next item created"
        sub     r0, r5, r4
        CHECK   GENERATION, "same index, next generation"
        mov     r0, r4
        bl      LookupItem
        CHECK   0, "the old number finds nothing"
        mov     r0, r4
        swi     DeleteItem
        CHECK   BADITEM, "and cannot be deleted again"
        FIELD   r5, n_Item
        CHECK_REG r5, "n_Item is the item's own number"
        MY_ITEM
        mov     r6, r0
        FIELD   r5, n_Owner
        CHECK_REG r6, "n_Owner is this task"
        mov     r0, r5
        mov     r1, #KERNELNODE
        mov     r2, #IOREQNODE
        VECTOR  KBV_CheckItem
        CHECK   0, "CheckItem knows its type"

        @ ---- check 15
        ldr     r0, =ID_SEMAPHORE
        TEXT    r1, "SeConD"
        bl      FindNamed
        CHECK_REG r5, "FindItem does not care about case"
        ldr     r0, =ID_SEMAPHORE
        TEXT    r1, "first"
        bl      FindNamed
        CHECK   ER_NotFound, "a deleted item is not found"

        @ ---- check 13
        CREATE_WITH ID_MSGPORT, jumping
        NEW_ITEM r6, "tag list with NOP and JUMP"
        ldr     r0, =ID_MSGPORT
        TEXT    r1, "behind the jump"
        bl      FindNamed
        CHECK_REG r6, "the name behind the jump counts"
        mov     r0, r6
        bl      LookupItem
        ldrb    r0, [r0, #n_Priority]
        CHECK   33, "and the later priority"
        ldr     r0, =jumping
        mov     r1, #TAG_ITEM_PRI
        VECTOR  KBV_FindTagArg
        ldr     r0, [r0, #4]
        CHECK   33, "FindTagArg finds the last match"
        ldr     r0, =jumping
        ldr     r1, =cursor
        str     r0, [r1]
        mov     r7, #0
1:      ldr     r0, =cursor
        VECTOR  KBV_NextTagArg
        cmp     r0, #0
        addne   r7, r7, #1
        bne     1b
        mov     r0, r7
        CHECK   3, "NextTagArg sees three tags"

        @ ---- check 14
        CREATE_WITH ID_MSGPORT, unique
        NEW_ITEM r7, "unique name"
        CREATE_WITH ID_MSGPORT, unique
        CHECK   ER_Kr_UniqueItemExists, "the same unique name again"
        TEXT    r0, "ONLY ONE"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        CHECK   ER_Kr_UniqueItemExists, "nor as an ordinary name"
        TEXT    r0, "behind the jump"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r8, "an ordinary name may be used twice"
        CREATE_WITH ID_MSGPORT, unnamed
        CHECK   BADNAME, "unique without a name"

        @ ---- check 16
        ldr     r0, =ID_DEVICE
        TEXT    r1, "timer"
        bl      FindNamed
        NEW_ITEM r6, "the timer device"
        mov     r0, r6
        swi     DeleteItem
        CHECK   BADPRIV, "is not ours to delete"
        LITERALS
        TEXT    r0, "owner"
        mov     r1, #150
        ldr     r2, =owner
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r7, "thread created"
        ldr     r0, =ID_SEMAPHORE
        TEXT    r1, "thread's own"
        bl      FindNamed
        NEW_ITEM r8, "it has made a semaphore"
        mov     r0, r8
        swi     DeleteItem
        CHECK   BADPRIV, "which is not ours to delete"
        mov     r0, r7
        swi     DeleteItem
        CHECK   0, "but the thread is"
        mov     r0, r8
        bl      LookupItem
        CHECK   0, "and takes its items along"

        @ ---- opening
        mov     r0, r6
        mov     r1, #1
        swi     OpenItem
        CHECK   BADPTR, "OpenItem with arguments"
        mov     r0, r6
        mov     r1, #0
        swi     OpenItem
        CHECK_REG r6, "OpenItem of the timer"
        MY_ITEM
        mov     r1, r6
        VECTOR  KBV_IsItemOpened
        CHECK   0, "IsItemOpened"
        mov     r0, r6
        swi     CloseItem
        CHECK   0, "CloseItem"
        mov     r0, r5
        mov     r1, #0
        swi     OpenItem
        cmp     r0, #0                  @ BADSUBTYPE or ER_Kr_CantOpen
        CHECK_IF lt, "a semaphore cannot be opened"

        @ ---- errors of tag processing
        CREATE_WITH ID_SEMAPHORE, unknown
        CHECK   BADTAG, "unknown tag"
        CREATE_WITH ID_SEMAPHORE, nameless
        CHECK   BADNAME, "name 0"
        CREATE_WITH ID_SEMAPHORE, unprintable
        CHECK   BADNAME, "unprintable name"
        CREATE_WITH ID_SEMAPHORE, circle
        CHECK   BADPTR, "a list that jumps to its own start"
        CREATE_WITH ID_SEMAPHORE, 0x7FFFFF00
        CHECK   BADPTR, "a list outside memory"
        CREATE_WITH 0x601, unknown
        CHECK   ER_Kr_BadType, "a folio that is not there"
        CREATE_WITH 0x1FF, unknown
        CHECK   BADSUBTYPE, "a type the kernel does not have"
        PASS

@ a thread that owns something and sleeps
owner:  TEXT    r0, "thread's own"
        mov     r1, #0
        bl      CreateSemaphore
        mov     r0, #0
        swi     WaitSignal
        b       owner

        .data
        .align  2
        .macro  NAME_TAG text
        .pushsection .rodata
.Lname\@: .asciz "\text"
        .popsection
        .word   TAG_ITEM_NAME, .Lname\@
        .endm
jumping:
        .word   TAG_ITEM_PRI, 11
        .word   TAG_NOP, 99
        .word   TAG_JUMP, beyond
        .word   TAG_ITEM_PRI, 44        @ never reached
        .word   TAG_END, 0
beyond: NAME_TAG "behind the jump"
        .word   TAG_ITEM_PRI, 33
        .word   TAG_END, 0
unique: NAME_TAG "only one"
        .word   TAG_ITEM_UNIQUE_NAME, 0
        .word   TAG_END, 0
unnamed:
        .word   TAG_ITEM_UNIQUE_NAME, 0
        .word   TAG_END, 0
unknown:
        .word   99, 0
        .word   TAG_END, 0
nameless:
        .word   TAG_ITEM_NAME, 0
        .word   TAG_END, 0
unprintable:
        NAME_TAG "bell \007"
        .word   TAG_END, 0
circle: .word   TAG_JUMP, circle
        .bss
        .align  2
cursor: .space  4
