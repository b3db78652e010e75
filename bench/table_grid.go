package bench

import (
	"strings"
	"unicode/utf8"
)

// A grid is a table of text: a label and a cell for each column.
type grid struct {
	head []string
	rows []gridRow
}

// A gridRow without cells is a heading.
type gridRow struct {
	label string
	cells [][]string // lines of each
}

const (
	gridGap = 2
	minHead = 8 // narrower a name of a column is not broken
)

// write writes the grid in a number of columns. If it is wider, it is written
// in parts, each with all the rows.
func (g grid) write(b *strings.Builder, width int) {
	labels := 0
	for _, r := range g.rows {
		if n := utf8.RuneCountInString(r.label); n <= width*2/5 {
			labels = max(labels, n)
		}
	}
	widths := make([]int, len(g.head))
	for i := range widths {
		widths[i] = min(minHead, utf8.RuneCountInString(g.head[i]))
		for _, r := range g.rows {
			if r.cells == nil {
				continue
			}
			for _, line := range r.cells[i] {
				widths[i] = max(widths[i], utf8.RuneCountInString(line))
			}
		}
	}
	for from := 0; from < len(widths); {
		to, used := from, labels
		for to < len(widths) && (to == from || used+gridGap+widths[to] <= width) {
			used += gridGap + widths[to]
			to++
		}
		if from > 0 {
			b.WriteString("\n")
		}
		g.part(b, width, labels, widths, from, to)
		from = to
	}
}

// part writes the columns from..to.
func (g grid) part(b *strings.Builder, width, labels int, widths []int, from, to int) {
	head := gridRow{cells: make([][]string, len(widths))}
	for i := from; i < to; i++ {
		head.cells[i] = wrap(g.head[i], widths[i])
	}
	height := 0
	for _, c := range head.cells {
		height = max(height, len(c))
	}
	for i, c := range head.cells { // names stand on the values
		head.cells[i] = append(make([]string, height-len(c)), c...)
	}
	for _, r := range append([]gridRow{head}, g.rows...) {
		label := r.label
		if utf8.RuneCountInString(label) > labels {
			indent := label[:len(label)-len(strings.TrimLeft(label, " "))]
			for _, line := range wrap(label, width-len(indent)) {
				b.WriteString(indent + line + "\n")
			}
			if r.cells == nil {
				continue
			}
			label = ""
		}
		height := 1
		for i := from; i < to && r.cells != nil; i++ {
			height = max(height, len(r.cells[i]))
		}
		for n := range height {
			line := label + strings.Repeat(" ", labels-utf8.RuneCountInString(label))
			for i := from; i < to && r.cells != nil; i++ {
				cell := ""
				if n < len(r.cells[i]) {
					cell = r.cells[i][n]
				}
				line += strings.Repeat(" ", gridGap+widths[i]-utf8.RuneCountInString(cell)) + cell
			}
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			label = ""
		}
	}
}

// wrap breaks text into lines of a width, at spaces where it can, and words
// after punctuation.
func wrap(text string, width int) []string {
	var lines []string
	line := []rune{}
	for _, word := range strings.Fields(text) {
		rest := []rune(word)
		if len(line) > 0 && len(line)+1+len(rest) <= width {
			line = append(append(line, ' '), rest...)
			continue
		}
		if len(line) > 0 {
			lines = append(lines, string(line))
		}
		for len(rest) > width {
			n := width
			if i := strings.LastIndexAny(string(rest[:width]), ":-/,=."); i > 0 {
				n = utf8.RuneCountInString(string(rest[:width])[:i]) + 1
			}
			lines = append(lines, string(rest[:n]))
			rest = rest[n:]
		}
		line = rest
	}
	return append(lines, string(line))
}
