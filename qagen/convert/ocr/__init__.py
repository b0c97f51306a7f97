"""Pages that are pictures, read without a graphics card: rapidocr's models on onnxruntime, and the geometry around them.

values        words with boxes and confidence, lines, a page with its angle
packages      whether they are here, looked at without importing them
models        the two models, from files that lie in rapidocr's wheel; nothing is ever fetched
angle         by how much a page is turned and how far it is skewed
recognition   a line's pixels -> characters with places and confidence -> words
shape         what a line's ink says of its font: size and weight
reading       all of it: an open page -> `OcrPage`

pixels -> lines; whatever comes after treats them as those of a text layer.
"""
