package fetch

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

// A Dataset is what one name gets: a file, or a model, which is a folder of files.
type Dataset struct {
	Name    string   `json:"name"`              // what a user types, "the-verdict"
	Aliases []string `json:"aliases,omitempty"` // what a user may type as well
	Licence string   `json:"licence"`
	About   string   `json:"about"`
	Folder  string   `json:"folder,omitempty"` // of the files of a model; empty for a single file
	Files   []File   `json:"files"`
}

// A File is one file of a dataset, pinned so that everybody has the same bytes.
type File struct {
	Name   string `json:"name"` // on disk, "the-verdict.txt"
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256,omitempty"` // in hexadecimal
	URL    string `json:"url,omitempty"`
	Member string `json:"member,omitempty"` // the file inside, if URL is a zip archive
	Text   string `json:"text,omitempty"`   // what is in the file, if it is written instead of fetched: a model's configuration
}

// Datasets are all that the book's programs know.
var Datasets = parse(pins)

var (
	//go:embed pins.txt
	pins string // says how it is written

	// config is config.json as Hugging Face publishes it, without what only other
	// programs ask for.
	//
	//go:embed config.txt
	config string
)

func parse(pins string) (all []Dataset) {
	for line := range strings.Lines(pins) {
		switch fields := strings.Fields(line); {
		case len(fields) == 0 || line[0] == '#':
		case line[0] != '\t':
			cells := strings.Split(strings.TrimSpace(line), " | ")
			all = append(all, Dataset{Name: cells[0], Aliases: strings.Fields(cells[1]), Licence: cells[2], About: cells[3]})
		default:
			d, f := &all[len(all)-1], File{}
			if d.Folder, f.Name = path.Split(fields[0]); len(fields) == 4 && f.Name == "config.json" {
				var width, heads, layers int
				fmt.Sscan(strings.Join(fields[1:], " "), &width, &heads, &layers)
				f.Text = fmt.Sprintf(config, width, heads, layers)
			} else {
				fmt.Sscan(strings.Join(fields[1:], " "), &f.Bytes, &f.SHA256, &f.URL, &f.Member)
			}
			d.Folder, d.Files = strings.TrimSuffix(d.Folder, "/"), append(d.Files, f)
		}
	}
	return all
}

// Named is the dataset with this name or alias; the name of its file will do, too.
func Named(name string) (Dataset, bool) {
	for _, d := range Datasets {
		if name == d.Name || name == d.Path() || slices.Contains(d.Aliases, name) {
			return d, true
		}
	}
	return Dataset{}, false
}

// Path is where the dataset is in the folder of downloads: a file, or a model's
// folder.
func (d Dataset) Path() string {
	if d.Folder != "" {
		return d.Folder
	}
	return d.Files[0].Name
}

// Bytes is how much room the dataset takes.
func (d Dataset) Bytes() (n int64) {
	for _, f := range d.Files {
		n += f.Bytes + int64(len(f.Text))
	}
	return n
}
