/* Generated code asserts what the runtime has set up before it. */
#define assert(condition) ((void)0)
