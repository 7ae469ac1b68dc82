"""Chooses the twelve segment colours of src/Coterie/Reports/Palette.cs.

Candidates are OKLCH colours in a calm band of chroma. Each theme has its own band of lightness, so that every colour has a
contrast of at least 3:1 with the page (WCAG 2.2, 1.4.11). Colours are picked one after the other, each as far as possible
from those before it, where the distance is the smallest OKLab distance over normal sight, protanopia, deuteranopia and
tritanopia (Machado, Oliveira and Fernandes 2009, severity 1). So the first K colours are good for any K. The hues are given
and are the same in both themes, so that a segment keeps its colour when the theme changes.

    python3 tools/oracles/palette.py
"""
import numpy as np

MACHADO = {
    "normal": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
M1 = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]])
M2 = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]])


def oklab(linear):
    return np.cbrt(np.clip(linear, 0, 1) @ M1.T) @ M2.T


def linear_of(lab):
    return (lab @ np.linalg.inv(M2).T) ** 3 @ np.linalg.inv(M1).T


def srgb(linear):
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def luminance(linear):
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def from_hex(text):
    c = np.array([int(text[i:i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def to_hex(linear):
    return "#" + "".join(f"{round(float(v) * 255):02x}" for v in srgb(linear))


def candidates(low, high, page):
    found = []
    for lightness in np.arange(low, high, 0.02):
        for chroma in np.arange(0.06, 0.155, 0.015):
            for hue in np.arange(0, 360, 4):
                a = np.radians(hue)
                linear = linear_of(np.array([lightness, chroma * np.cos(a), chroma * np.sin(a)]))
                if linear.min() < -1e-4 or linear.max() > 1 + 1e-4:
                    continue
                y, p = luminance(linear), luminance(from_hex(page))
                if (max(y, p) + 0.05) / (min(y, p) + 0.05) >= 3.05:
                    found.append((np.clip(linear, 0, 1), hue, chroma))
    return found


def seen(linear):
    return np.stack([oklab(np.clip(linear @ m.T, 0, 1)) for m in MACHADO.values()])   # 4 x 3


# The hue of each segment in OKLCH degrees: blue, ochre, green, brick, violet, teal, gold, magenta, indigo, rust, jade, rose.
HUES = [238, 70, 150, 24, 300, 195, 98, 345, 272, 48, 168, 8]


def pick(found, first, count=12):
    views = np.stack([seen(c[0]) for c in found])
    chosen = [first]
    while len(chosen) < count:
        d = np.min([np.min(np.linalg.norm(views - views[c], axis=2), axis=1) for c in chosen], axis=0)
        away = np.array([abs((c[1] - HUES[len(chosen)] + 180) % 360 - 180) for c in found])
        chosen.append(int(np.argmax(np.where(away <= 10, d, -1))))
    smallest = [min(np.min(np.linalg.norm(views[a] - views[b], axis=1)) for i, a in enumerate(chosen[:n]) for b in chosen[:i]) for n in (4, 6, 8, 10, 12)]
    return [found[i] for i in chosen], smallest


def nearest(found, hue, lightness):
    return min(range(len(found)), key=lambda i: abs((found[i][1] - hue + 180) % 360 - 180) + 100 * abs(oklab(found[i][0])[0] - lightness) + 50 * abs(found[i][2] - 0.105))


if __name__ == "__main__":
    for theme, low, high, page, lightness in (("light", 0.38, 0.66, "#fbf9f5", 0.50), ("dark", 0.58, 0.88, "#15171b", 0.72)):
        found = candidates(low, high, page)
        chosen, smallest = pick(found, nearest(found, HUES[0], lightness))
        print(f"{theme:5}", [to_hex(c[0]) for c in chosen], "smallest distance of the first 4, 6, 8, 10, 12:", [f"{d:.3f}" for d in smallest])
