package bench

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// none stands where nothing was measured.
const none = "–"

// three writes a number with three significant digits, and no exponent where
// it can be read without.
func three(x float64) string {
	a := math.Abs(x)
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return none
	case a >= 1e7 || a > 0 && a < 1e-6:
		return strconv.FormatFloat(x, 'e', 2, 64)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	decimals := 0
	if a := math.Abs(rounded); a > 0 && a < 100 {
		decimals = 2 - int(math.Floor(math.Log10(a)))
	}
	return strconv.FormatFloat(rounded, 'f', decimals, 64)
}

// scaled writes x as three digits and a prefix of units, which are steps apart.
func scaled(x, step float64, prefixes ...string) string {
	i := 0
	for i < len(prefixes)-1 && math.Abs(x) >= 0.9995*step {
		x /= step
		i++
	}
	return three(x) + prefixes[i]
}

// si writes a count: 41.2k.
func si(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1000 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return scaled(x, 1000, "", "k", "M", "G", "T")
}

// binarySize writes a number of bytes, to which "B" is still to be added: 64 Ki.
func binarySize(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1024 {
		return fmt.Sprintf("%g ", x)
	}
	return tidy(scaled(x, 1024, " ", " Ki", " Mi", " Gi", " Ti"))
}

// short leaves out the zeros at the end of a fraction.
func short(number string) string {
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number
}

// tidy leaves out the zeros at the end of the fraction of a number with a unit.
func tidy(s string) string {
	n := len(s) - len(strings.TrimLeft(s, "0123456789."))
	return short(s[:n]) + s[n:]
}

// byteSize writes a number of bytes, which is negative if it was not measured.
func byteSize(n int64) string {
	if n < 0 {
		return none
	}
	return binarySize(float64(n)) + "B"
}

// rate writes operations a second: 41.2k/s, or 1.21 GiB/s for bytes.
func rate(x float64, unit string) string {
	switch {
	case x <= 0 || math.IsInf(x, 0) || math.IsNaN(x):
		return none
	case unit == "byte":
		return scaled(x, 1024, " B/s", " KiB/s", " MiB/s", " GiB/s", " TiB/s")
	}
	return si(x) + "/s"
}

// duration writes nanoseconds, which are negative if they were not measured.
func duration(ns float64) string {
	switch {
	case ns < 0 || math.IsNaN(ns) || math.IsInf(ns, 0):
		return none
	case ns == 0:
		return "0"
	case ns < 999.5e6:
		return scaled(ns, 1000, " ns", " µs", " ms")
	case ns < 120e9:
		return three(ns/1e9) + " s"
	}
	return time.Duration(ns).Round(time.Second).String()
}

// spread writes the bounds of an interval as a percentage of its median, the
// wider side; nothing if it has none.
func (i Interval) spread() string {
	if !i.bounded() || i.Median <= 0 {
		return ""
	}
	return fmt.Sprintf(" ±%.0f%%", 100*max(i.High/i.Median-1, 1-i.Low/i.Median))
}

// bounds writes the bounds of an interval.
func (i Interval) bounds() string {
	if !i.bounded() {
		return "no interval"
	}
	return three(i.Low) + "–" + three(i.High)
}

// per is what costs are given for: an operation, but a mebibyte rather than a
// byte.
func per(unit string) (name string, units float64) {
	if unit == "byte" {
		return "MiB", 1 << 20
	}
	return unit, 1
}

// cost writes nanoseconds for each operation, or for each MiB.
func cost(ns float64, unit string) string {
	_, units := per(unit)
	return duration(ns * units)
}

// grown writes the memory that each operation added, or each MiB.
func grown(r *Result) string {
	_, units := per(r.Unit)
	return byteSize(int64(r.Grown * units))
}

// many writes how many of something an operation takes, or a MiB.
func many(x float64, unit string) string {
	if x < 0 {
		return none
	}
	_, units := per(unit)
	if x*units < 0.005 {
		return "0"
	}
	return short(three(x * units))
}

// counted writes a number of things.
func counted(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return tidy(scaled(float64(n), 1000, "", "k", "M", "G")) + " " + thing + "s"
}

// sentence begins with a capital letter.
func sentence(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return string(unicode.ToUpper(r[0])) + string(r[1:])
}

// plain replaces what a terminal or a page would obey rather than show.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
