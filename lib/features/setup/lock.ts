/** Advisory lock of the set-up; portal and workers of several hosts may start at once. */
export const setUpLock = 7_266_032;
