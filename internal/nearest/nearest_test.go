package nearest

import "testing"

func TestWord(t *testing.T) {
	words := []string{"size", "ro", "noatime", "nodiratime"}
	for given, want := range map[string]string{
		"sizze": "size", "sise": "size", "siz": "size", "noatmie": "noatime", "size": "size", "nodirtime": "nodiratime",
		"": "", "rw": "", "sizes": "size", "frobnicate": "",
	} {
		if got := Word(given, words); got != want {
			t.Errorf("Word(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ro", 2}, {"size", "size", 0}, {"siz", "size", 1}, {"sise", "size", 1}, {"noatmie", "noatime", 2}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}
