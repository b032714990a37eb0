"""How much of a file may be decoded: past these a file is refused, with the number in the reason."""

MEGA = 1_000_000
MIB = 1024 * 1024

#: of one photo: the largest phone cameras make 50, panoramas up to 80
PHOTO_PIXELS = 100 * MEGA
#: of one frame of a clip: 8K
FRAME_PIXELS = 36 * MEGA
#: of clips and music: longer than any film by far, short of what a tiny file of still frames can claim
LONGEST_SECONDS = 3600.0
#: of one clip: an hour at 120 frames a second
FRAMES = 432_000
#: text taken from a file, such as its metadata, is cut to this many characters before anything looks at it
TEXT = 200
