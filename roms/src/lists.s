@ lists - the kernel's list and memory routines, called with garbage in r9.
@
@ Exact links after every operation, because programs walk lists themselves;
@ UniversalInsertNode calls back into this program (vector 17); memcpy copies
@ overlapping blocks in both directions (check 11); r9 does not matter (check 10).
        .include "runtime.inc"

@ VECTOR with garbage in r9
        .macro  LIST offset
        mvn     r9, #0
        VECTOR  \offset
        .endm

@ one check that the list holds exactly these nodes, by the letters of their names
        .macro  ORDER letters, text
        bl      spell
        TEXT    r1, "\letters"
        bl      same
        CHECK   1, "\text"
        .endm

main:   stmfd   sp!, {r4-r9, lr}
        ldr     r4, =list
        mov     r0, r4
        TEXT    r1, "things"
        LIST    KBV_InitList
        ldr     r0, [r4, #l_Head]
        add     r5, r4, #l_Filler
        CHECK_REG r5, "empty list: head is the address of the filler"
        ldr     r0, [r4, #l_Filler]
        CHECK   0, "the filler is 0"
        ldr     r0, [r4, #l_Tail]
        add     r5, r4, #l_Head
        CHECK_REG r5, "tail is the address of the head"
        mov     r0, r4
        LIST    KBV_RemHead
        CHECK   0, "RemHead of an empty list"
        mov     r0, r4
        LIST    KBV_RemTail
        CHECK   0, "RemTail of an empty list"

        ldr     r5, =node_a
        ldr     r6, =node_b
        ldr     r7, =node_c
        ldr     r8, =node_d
        mov     r0, r4
        mov     r1, r5
        LIST    KBV_AddTail
        mov     r0, r4
        mov     r1, r6
        LIST    KBV_AddTail
        mov     r0, r4
        mov     r1, r7
        LIST    KBV_AddHead
        ORDER   "cab", "AddTail a, AddTail b, AddHead c"
        ldr     r0, [r5, #n_Prev]
        CHECK_REG r7, "backward link of a"
        ldr     r0, [r7, #n_Prev]
        add     r1, r4, #l_Head
        CHECK_REG r1, "the first node's backward link is the anchor"
        mov     r0, r4
        TEXT    r1, "B"
        LIST    KBV_FindNamedNode
        CHECK_REG r6, "FindNamedNode does not care about case"

        mov     r0, r5
        LIST    KBV_RemNode
        ldr     r0, [r5, #n_Next]
        CHECK   0, "RemNode clears n_Next"
        ORDER   "cb", "RemNode a"
        mov     r0, r5
        LIST    KBV_RemNode
        ORDER   "cb", "RemNode of a removed node does nothing"
        mov     r0, r4
        LIST    KBV_RemHead
        CHECK_REG r7, "RemHead"
        mov     r0, r4
        LIST    KBV_RemTail
        CHECK_REG r6, "RemTail"

        @ ---- priorities: a 10, b 20, c 10, d 10
        mov     r0, r4
        mov     r1, r5
        LIST    KBV_InsertNodeFromTail
        mov     r0, r4
        mov     r1, r6
        LIST    KBV_InsertNodeFromTail
        mov     r0, r4
        mov     r1, r7
        LIST    KBV_InsertNodeFromTail
        ORDER   "bac", "InsertNodeFromTail: after its equals"
        mov     r0, r4
        mov     r1, r8
        LIST    KBV_InsertNodeFromHead
        ORDER   "bdac", "InsertNodeFromHead: before its equals"
        mov     r0, r7
        mov     r1, #30
        LIST    KBV_SetNodePri
        CHECK   10, "SetNodePri returns the old priority"
        ORDER   "cbda", "and moves the node"
        LITERALS

        @ ---- vector 17 with our own idea of order: by name
        mov     r0, r5
        LIST    KBV_RemNode
        mov     r0, r6
        LIST    KBV_RemNode
        mov     r0, r7
        LIST    KBV_RemNode
        mov     r0, r8
        LIST    KBV_RemNode
        ORDER   "", "all removed"
        mov     r0, r4
        mov     r1, r7
        ldr     r2, =by_name
        LIST    KBV_UniversalInsertNode
        mov     r0, r4
        mov     r1, r5
        ldr     r2, =by_name
        LIST    KBV_UniversalInsertNode
        mov     r0, r4
        mov     r1, r8
        ldr     r2, =by_name
        LIST    KBV_UniversalInsertNode
        mov     r0, r4
        mov     r1, r6
        ldr     r2, =by_name
        LIST    KBV_UniversalInsertNode
        ORDER   "abcd", "UniversalInsertNode by name: c, a, d, b"
        ldr     r0, =calls
        ldr     r0, [r0]
        CHECK   5, "it asked us 0 + 1 + 2 + 2 times"

        @ ---- check 11
        ldr     r4, =block
        add     r0, r4, #2
        mov     r1, r4
        mov     r2, #8
        LIST    KBV_memcpy
        add     r5, r4, #2
        CHECK_REG r5, "memcpy returns its destination"
        TEXT    r1, "0101234567abcdef"
        mov     r0, r4
        bl      same
        CHECK   1, "memcpy upwards over itself"
        mov     r0, r4
        add     r1, r4, #5
        mov     r2, #10
        LIST    KBV_memcpy
        TEXT    r1, "34567abcdeabcdef"
        mov     r0, r4
        bl      same
        CHECK   1, "memcpy downwards over itself"
        add     r0, r4, #3
        mov     r1, #'x'
        mov     r2, #5
        LIST    KBV_memset
        TEXT    r1, "345xxxxxdeabcdef"
        mov     r0, r4
        bl      same
        CHECK   1, "memset"
        ldr     r0, =1000
        LIST    KBV_USecToTicks
        CHECK   62, "1000 us are 62 ticks of 16 us"
        PASS

@ by_name(new, existing): insert before it? Compares the first letters.
by_name:
        ldr     r2, =calls
        ldr     r3, [r2]
        add     r3, r3, #1
        str     r3, [r2]
        ldr     r2, [r0, #n_Name]
        ldrb    r2, [r2]
        ldr     r3, [r1, #n_Name]
        ldrb    r3, [r3]
        cmp     r2, r3
        movlo   r0, #1
        movhs   r0, #0
        mov     pc, lr

@ spell(): r0 = string of the names' first letters, walking the links as the SDK's
@ macros do
spell:  ldr     r0, =letters
        ldr     r1, =list
        add     r2, r1, #l_Filler
        ldr     r1, [r1, #l_Head]
1:      cmp     r1, r2
        beq     2f
        ldr     r3, [r1, #n_Name]
        ldrb    r3, [r3]
        strb    r3, [r0], #1
        ldr     r1, [r1, #n_Next]
        b       1b
2:      mov     r3, #0
        strb    r3, [r0]
        ldr     r0, =letters
        mov     pc, lr

@ same(string, string): 1 or 0
same:   ldrb    r2, [r0], #1
        ldrb    r3, [r1], #1
        cmp     r2, r3
        movne   r0, #0
        movne   pc, lr
        cmp     r2, #0
        bne     same
        mov     r0, #1
        mov     pc, lr

        .macro  NODE name, priority
        .pushsection .rodata
.Lnode\@: .asciz "\name"
        .popsection
        .word   0, 0
        .byte   0, 0, \priority, 0x80       @ the name is valid
        .word   Node_size, .Lnode\@
        .endm
        .data
        .align  2
node_a: NODE    "a", 10
node_b: NODE    "b", 20
node_c: NODE    "c", 10
node_d: NODE    "d", 10
block:  .asciz  "0123456789abcdef"
        .bss
        .align  2
list:   .space  List_size
calls:  .space  4
letters: .space 16
